"""The route: pass, make anew, or ask people; what is decided from which findings."""

import asyncio
from typing import Any

import pytest

from annotation.schema import Kind
from pipelines.jobs.draft import attempts
from pipelines.records import Draft, Found, Generated, NotGenerated, Request
from pipelines.steps import DEFAULT, steps
from pipelines.steps.route import AUDIT, drawn

TEXT = Kind.model_validate({"fields": {"text": {"type": "text", "translate": True}}})
GOOD = ("numbers", "ok")


def routed(*findings: tuple[str, str], score: float | None = 80.0, params: Any = None, **changes: Any) -> Draft:
    found = [Found(check, verdict, "s", detail=f"{check} said {verdict}.") for check, verdict in findings]
    if score is not None:
        found += [Found("bleu", "score", "s", score), Found("chrf", "score", "s", score)]
    given = Draft(TEXT, {"text": "Go."}, "en", "sw", content={"text": "Nenda."}, findings=tuple(found), **changes)
    return asyncio.run(steps.build({"name": "route", "params": params or {"audit": 0}}).run(given, None))


def test_what_every_check_passes_and_comes_back_well_passes():
    assert routed(GOOD, ("language_id", "abstain")).route == "pass"


def test_a_failure_is_made_anew_at_most_twice():
    assert [routed(("numbers", "fail"), attempt=n).route for n in (0, 1, 2)] == ["redo", "redo", "people"]


def test_a_doubt_goes_to_people_with_its_reason():
    draft = routed(GOOD, ("negation", "warn"))
    assert (draft.route, draft.reasons) == ("people", ("negation said warn.",))


def test_what_comes_back_badly_goes_to_people():
    draft = routed(GOOD, score=30.0)
    assert draft.route == "people" and "30" in draft.reasons[0] and "45" in draft.reasons[0]


def test_a_round_trip_alone_never_passes():
    assert routed(score=100.0).route == "people"
    assert routed(("language_id", "abstain"), ("negation", "abstain"), score=100.0).route == "people"


def test_without_a_back_translation_nothing_passes():
    assert routed(GOOD, score=None).route == "people"


def test_an_imported_text_is_never_made_anew():
    assert routed(("numbers", "fail"), given=True).route == "people"


NORMS = {"chrf": tuple(float(n) for n in range(101))}


def test_the_bound_may_be_a_percentile_of_the_languages_own_scores():
    by_tenth = {"audit": 0, "percentile": 10}
    assert routed(GOOD, score=12.0, params=by_tenth, norms=NORMS).route == "pass"
    low = routed(GOOD, score=9.0, params=by_tenth, norms=NORMS)
    assert low.route == "people" and "percentile 10" in low.reasons[0]


def test_without_enough_scores_the_percentile_is_not_known_and_the_threshold_holds():
    assert routed(GOOD, score=12.0, params={"audit": 0, "percentile": 10}).route == "people"
    # The control: without a percentile the norms change nothing.
    assert routed(GOOD, score=12.0, norms=NORMS).route == "people"


def test_what_is_drawn_for_the_audit_goes_to_people_and_is_on_record_as_passed():
    draft = routed(GOOD, params={"audit": 1})
    assert (draft.route, draft.reasons, draft.made_by) == ("people", (AUDIT,), {"audit": True})
    # Who goes to people anyway is no audit, and nobody who passes is taken for one.
    assert "audit" not in routed(("numbers", "warn"), params={"audit": 1}).made_by
    assert routed(GOOD).made_by == {}


def test_the_audits_share_is_the_wanted_one_and_the_same_every_time():
    drafts = [Draft(TEXT, {"text": f"Sentence {n}."}, "en", "sw") for n in range(4000)]
    first = [drawn(one, 0.05, 0) for one in drafts]
    assert 150 < sum(first) < 250 and first == [drawn(one, 0.05, 0) for one in drafts]
    assert first != [drawn(one, 0.05, 1) for one in drafts]
    assert all(drawn(one, 0.2, 0) for one, was in zip(drafts, first, strict=True) if was)


# --- the whole way ------------------------------------------------------------------------------------------------

WAY = [steps.build(spec if spec != "route" else {"name": "route", "params": {"audit": 0}}) for spec in DEFAULT]
SOURCE = "We know it won't change the behaviour of our 15 students instantly."
RIGHT = "Tunajua kwamba haitabadilisha tabia ya wanafunzi wetu 15 mara moja."


def drafted(answers: dict[str, Any], *, source: str = SOURCE, **changes: Any) -> tuple[list[Draft], list[str]]:
    """A unit's way with a model that says so to each prompt: the attempts, and the prompts that were asked."""
    asked = []

    async def generate(request: Request) -> Generated:
        asked.append(request.prompt)
        text = answers[request.prompt]
        if isinstance(text, Exception):
            raise text
        return Generated({"text": text}, f"hash of {request.prompt}", f"test|prompt:{request.prompt_signature}")

    start = Draft(TEXT, {"text": source}, "en", "sw", **changes)
    return asyncio.run(attempts(start, WAY, generate)), asked


def test_a_good_translation_passes_after_one_attempt():
    made, asked = drafted({"translate": RIGHT, "back_translate": SOURCE})
    assert [draft.route for draft in made] == ["pass"], made[0].reasons
    assert asked == ["translate", "back_translate"]


def test_a_dropped_not_reaches_people_however_well_it_comes_back():
    lost = SOURCE.replace("won't", "will")
    made, _ = drafted({"translate": RIGHT.replace("haitabadilisha", "itabadilisha"), "back_translate": lost})
    scores = {found.check: found.value for found in made[0].findings}
    assert scores["bleu"] > 60 and scores["chrf"] > 80
    assert made[0].route == "people"


def test_a_wrong_number_is_made_anew_by_another_prompt():
    wrong = {"translate": RIGHT.replace("15", "50"), "translate_again": RIGHT, "back_translate": SOURCE}
    made, asked = drafted(wrong)
    assert [draft.route for draft in made] == ["redo", "pass"]
    assert asked == ["translate", "back_translate", "translate_again", "back_translate"]


def test_the_third_attempt_is_the_last():
    wrong = RIGHT.replace("15", "50")
    answers = dict.fromkeys(["translate", "translate_again", "translate_last"], wrong)
    made, asked = drafted(answers | {"back_translate": SOURCE})
    assert [draft.route for draft in made] == ["redo", "redo", "people"]
    assert [prompt for prompt in asked if prompt != "back_translate"] == ["translate", "translate_again", "translate_last"]


def test_a_refused_second_attempt_leaves_the_first_to_people():
    wrong = {"translate": RIGHT.replace("15", "50"), "translate_again": NotGenerated("refusal", "The model refused.")}
    made, _ = drafted(wrong | {"back_translate": SOURCE})
    assert [draft.route for draft in made] == ["people"]
    assert "The model refused." in made[0].reasons


def test_a_refused_first_attempt_is_the_items_failure():
    with pytest.raises(NotGenerated):
        drafted({"translate": NotGenerated("refusal", "The model refused.")})


def test_a_refused_back_translation_goes_to_people():
    made, _ = drafted({"translate": RIGHT, "back_translate": NotGenerated("filtered", "Held back.")})
    assert [draft.route for draft in made] == ["people"]
    assert made[0].made_by["back_translate_failed"] == "filtered: Held back."


def test_an_imported_text_is_checked_and_translated_back_only():
    made, asked = drafted({"back_translate": SOURCE}, content={"text": RIGHT}, given=True)
    assert asked == ["back_translate"] and made[0].route == "pass"


def test_an_empty_source_costs_nothing():
    made, asked = drafted({}, source=" ")
    assert asked == [] and made[0].route == "people" and made[0].content == {"text": " "}
