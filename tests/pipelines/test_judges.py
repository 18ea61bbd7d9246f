"""Judges: what a model's marks, error spans and choices become, and what they are never taken for."""

import asyncio
from typing import Any

import pytest

from annotation.judgements import ASKED, is_judgement
from annotation.schema import Kind
from core.errors import Invalid
from pipelines.actions import drafts
from pipelines.jobs.draft import DraftJob
from pipelines.providers import provider
from pipelines.records import Draft, Found, Generated, NotGenerated, Request
from pipelines.steps import DEFAULT, steps
from pipelines.steps._make import Maker
from pipelines.steps.judge_mqm import score
from tests import world

TEXT = Kind.model_validate({"fields": {"text": {"type": "text", "translate": True}}})
DRAFT = Draft(TEXT, {"text": "The cat did not sit."}, "en", "sw", content={"text": "Paka aliketi chini."})


def judged(step: str, *answers: Any, draft: Draft = DRAFT, **params: Any) -> tuple[tuple[Found, ...], list[Request]]:
    """What a judge's answers to one step become, and what it was asked."""
    asked: list[Request] = []

    async def generate(request: Request) -> Generated:
        asked.append(request)
        answer = answers[len(asked) - 1]
        if isinstance(answer, Exception):
            raise answer
        return Generated(answer, "hash", f"test:judge-model|prompt:{request.prompt_signature}")

    after = asyncio.run(steps.build({"name": step, "params": params}).run(draft, generate))
    assert after.content == draft.content and after.route == draft.route
    return after.findings[len(draft.findings) :], asked


def marks(**changed: int) -> dict[str, Any]:
    return {"scores": dict.fromkeys(["accuracy", "fluency", "idiom", "terminology", "format"], 5) | changed, "reason": "Fine."}


def error(severity: str, span: str = "aliketi", where: str = "translation", category: str = "accuracy/mistranslation"):
    return {"where": where, "span": span, "category": category, "severity": severity}


def test_every_step_that_asks_the_judge_is_known_as_a_judgement():
    # A maker has a judge choose, and that is the text it makes.
    asking = {name for name, step in steps.all.items() if step.asks == "judge" and not issubclass(step, Maker)}
    assert asking == {"judge_rubric", "judge_mqm", "judge_pairwise"}
    assert all(map(is_judgement, asking)) and not any(is_judgement(name) for name in set(steps.all) - asking)


def test_the_rubric_gives_the_mean_of_its_marks():
    (found,), (request,) = judged("judge_rubric", marks(fluency=3))
    assert (found.check, found.verdict, found.value) == ("judge_rubric", "score", 4.6)
    assert "fluency 3" in found.detail and "judge-model" in found.signature and len(found.signature) <= 300
    assert request.by == "judge" and request.schema["properties"]["scores"]["required"][0] == "accuracy"
    assert "The cat did not sit." in request.messages[1]["content"] and "fluency: it reads" in request.messages[0]["content"]


def test_one_low_mark_is_a_doubt_however_good_the_mean():
    (found,), _ = judged("judge_rubric", marks(accuracy=2))
    assert (found.verdict, found.value) == ("warn", 4.4)


def test_marks_can_be_asked_for_by_other_criteria():
    answer = {"scores": {"tone": 4}, "reason": "."}
    (found,), _ = judged("judge_rubric", answer, criteria={"tone": "as warm as the source"}, warn_below=5)
    assert (found.verdict, found.value) == ("warn", 4)


@pytest.mark.parametrize(
    ("severities", "value"),
    [
        ([], 0), (["minor"], -1), (["major", "minor"], -6), (["critical"], -25),
        (["critical", "major"], -25),  # never more than 25
        (["minor"] * 9, -5),  # five are counted
        (["minor"] * 5 + ["major"], -9),  # the gravest five
    ],
)  # fmt: skip
def test_errors_weigh_as_in_gemba_mqm(severities, value):
    assert score([error(one) for one in severities]) == value


def test_error_spans_become_a_score_and_a_verdict():
    for severity, verdict, value in (("critical", "fail", -25), ("major", "warn", -5), ("minor", "score", -1)):
        (found,), _ = judged("judge_mqm", {"errors": [error(severity)]})
        assert (found.verdict, found.value) == (verdict, value) and "aliketi" in found.detail
    (found,), _ = judged("judge_mqm", {"errors": []})
    assert (found.verdict, found.value, found.detail) == ("score", 0, "")


def test_an_error_that_stands_in_neither_text_is_dropped_and_said():
    answer = {"errors": [error("critical", "hakuketi"), error("minor"), error("major", "did not", "source", "accuracy/omission")]}
    found, made_up = judged("judge_mqm", answer)[0]
    assert (found.verdict, found.value) == ("warn", -6)
    assert (made_up.check, made_up.verdict, made_up.value) == ("judge_mqm_spans", "abstain", 1)
    assert "hakuketi" in made_up.detail and "hakuketi" not in found.detail


def test_a_span_of_the_other_text_is_not_taken():
    found = judged("judge_mqm", {"errors": [error("major", "did not", "translation")]})[0]
    assert [(one.verdict, one.value) for one in found] == [("score", 0), ("abstain", 1)]


def test_what_is_no_translation_is_critical_whatever_the_judge_calls_it():
    (found,), _ = judged("judge_mqm", {"errors": [error("minor", "Paka aliketi chini.", category="non-translation")]})
    assert (found.verdict, found.value) == ("fail", -25)


OTHER = Draft(TEXT, DRAFT.source, "en", "sw", content=DRAFT.content, memory={"text": "Paka hakuketi."})


@pytest.mark.parametrize(
    ("first", "second", "verdict", "value"),
    [
        ("A", "B", "score", 1.0), ("B", "A", "warn", 0.0), ("same", "same", "score", 0.5),
        ("A", "A", "abstain", None), ("B", "B", "abstain", None), ("A", "same", "abstain", None),
    ],
)  # fmt: skip
def test_a_choice_counts_only_when_it_is_the_same_in_both_orders(first, second, verdict, value):
    (found,), asked = judged("judge_pairwise", {"better": first}, {"better": second}, draft=OTHER)
    assert (found.verdict, found.value) == (verdict, value)
    assert [request.input["A"] for request in asked] == [OTHER.content, OTHER.memory]
    assert [request.input["B"] for request in asked] == [OTHER.memory, OTHER.content]


def test_with_nothing_to_choose_between_no_judge_is_asked():
    for draft in (DRAFT, Draft(TEXT, DRAFT.source, "en", "sw", content=DRAFT.content, memory=DRAFT.content)):
        assert judged("judge_pairwise", draft=draft) == ((), [])


def test_a_text_that_a_check_has_failed_is_not_judged():
    failed = Draft(TEXT, DRAFT.source, "en", "sw", content=DRAFT.content, findings=(Found("numbers", "fail", "s"),))
    assert judged("judge_mqm", draft=failed) == ((), [])
    # The control: another judge's verdict keeps no judge from its own.
    critical = Draft(TEXT, DRAFT.source, "en", "sw", content=DRAFT.content, findings=(Found("judge_mqm", "fail", "s"),))
    assert len(judged("judge_rubric", marks(), draft=critical)[1]) == 1


def test_a_judge_that_refuses_abstains():
    (found,), _ = judged("judge_rubric", NotGenerated("refusal", "The model refused."))
    assert found.verdict == "abstain" and "refused" in found.detail


def test_a_judgement_asks_people_and_makes_nothing_anew():
    def routed(*findings: Found) -> Draft:
        draft = Draft(TEXT, DRAFT.source, "en", "sw", content=DRAFT.content, findings=(*good, *findings))
        return asyncio.run(steps.build({"name": "route", "params": {"audit": 0}}).run(draft, None))

    good = (Found("numbers", "ok", "s"), Found("chrf", "score", "s", 90.0))
    assert routed().route == "pass"
    critical = routed(Found("judge_mqm", "fail", "s", -25, "critical: …"), Found("judge_rubric", "warn", "s", 2, "accuracy 1"))
    assert (critical.route, critical.reasons) == ("people", (ASKED,))
    assert routed(Found("numbers", "fail", "s")).route == "redo"  # the control: what was counted is


# --- who judges ---------------------------------------------------------------------------------------------------


def job(judge: str | None, **changes: Any) -> DraftJob:
    def spec(model):
        return model and {"name": "openai", "params": {"model": model}}

    return DraftJob(languages=["sw"], provider=spec("a-model"), steps=[*DEFAULT, "judge_mqm"], judge=spec(judge), **changes)


def test_a_run_that_judges_needs_a_judge_other_than_its_translator():
    assert job("another-model").judge
    with pytest.raises(ValueError, match="needs a judge"):
        job(None)
    with pytest.raises(ValueError, match="would judge its own translations"):
        job("a-model")
    assert job("a-model", same_judge=True).judge


def test_another_temperature_makes_no_other_judge():
    spec = {"name": "openai", "params": {"model": "a-model", "temperature": 1.0}}
    with pytest.raises(ValueError, match="would judge its own"):
        DraftJob(languages=["sw"], provider={"name": "openai", "params": {"model": "a-model"}}, steps=["judge_mqm"], judge=spec)


def test_without_a_judging_step_nobody_asks_for_a_judge():
    assert DraftJob(languages=["sw"], provider={"name": "openai", "params": {"model": "a-model"}}).judge is None


@pytest.mark.django_db
def test_the_action_refuses_it_in_one_sentence():
    cast = world.world()
    wishes = {"languages": ["sw"], "provider": provider("replay:demo"), "by": cast.ada, "judges": ["judge_rubric"]}
    with pytest.raises(Invalid, match="judge_rubric needs a judge"):
        drafts.start(cast.dataset, **wishes)
    with pytest.raises(Invalid, match="replay recorded:demo would judge"):
        drafts.start(cast.dataset, **wishes, judge=provider("replay:demo"))
    run = drafts.start(cast.dataset, **wishes, judge=provider("replay:demo"), same_judge=True)
    assert run.job["params"]["same_judge"] and "judge_rubric" in run.job["params"]["steps"]
