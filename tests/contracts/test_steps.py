"""The contract of every step: what it may do to a draft, and what no draft may do to it. A new step is tested here without a new test."""

import asyncio
import copy
from dataclasses import replace
from typing import Any

import orjson
import pytest

from annotation.schema import Kind
from pipelines.records import Draft, Found
from pipelines.steps import DEFAULT, Check, Step, steps
from tests.contracts.answering import TRANSCRIPT, generate

STEPS = [pytest.param(plugin(**plugin.example), id=name) for name, plugin in steps.all.items()]
KINDS = {
    "text": Kind.model_validate({"fields": {"text": {"type": "text", "translate": True}}}),
    "stem": Kind.model_validate(
        {
            "fields": {
                "stem": {"type": "text", "translate": True},
                "options": {"type": "list", "translate": True},
                "answer": {"type": "choice", "of": "options"},
            },
            "answer": "answer",
        }
    ),
    "rows": Kind.model_validate(
        {
            "fields": {"rows": {"type": "table", "translate": True}, "answer": {"type": "string"}},
            "answer": "answer",
        }
    ),
}
ANSWERS: dict[str, dict[str, Any]] = {"text": {}, "stem": {"answer": 1}, "rows": {"answer": "15"}}


def recorded() -> list[Draft]:
    """Each recorded translation as a draft: a sentence, a question with its options and a table, in Swahili, Arabic and Burmese."""
    lines = [orjson.loads(line) for line in TRANSCRIPT.read_bytes().splitlines()]
    return [
        Draft(
            KINDS[field := next(iter(one["input"]))],
            one["input"],
            one["source"],
            one["target"],
            content=one["output"],
            item=one["input"] | ANSWERS[field],
        )
        for one in lines
        if one["prompt"] == "translate"
    ]


DRAFTS = [pytest.param(one, id=f"{next(iter(one.source))}-{one.target_language}") for one in recorded()]


def back(draft: Draft) -> Draft:
    """The draft with what comes back of it, so that steps which look at that have something to look at."""
    return replace(draft, back=draft.source)


def ran(step: Step, draft: Draft) -> Draft:
    return asyncio.run(step.run(draft, generate))


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_gives_a_draft_and_leaves_the_one_it_was_given(step, draft):
    for given in (replace(draft, content=None), draft, back(draft)):
        before = copy.deepcopy(given)
        after = ran(step, given)
        assert isinstance(after, Draft)
        assert given == before, "the draft it was given is changed"
        assert after.findings[: len(given.findings)] == given.findings, "a finding of another step is gone"


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_says_the_same_of_the_same_draft(step, draft):
    assert ran(step, back(draft)) == ran(step, back(draft))


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("step", STEPS)
def test_findings_say_who_found_them(step, draft):
    for found in ran(step, back(draft)).findings:
        assert isinstance(found, Found)
        assert 0 < len(found.check) <= 40 and found.signature
        if isinstance(step, Check):
            assert (found.check, found.signature) == (step.name, step.signature())
        if found.verdict in ("warn", "fail"):
            assert found.detail, "a person must act on it and is not told why"


@pytest.mark.parametrize("step", [one for one in STEPS if isinstance(one.values[0], Check)])
def test_a_check_only_looks(step):
    for draft in recorded():
        after = ran(step, back(draft))
        assert len(after.findings) <= 1
        assert replace(after, findings=()) == back(draft)


# --- what no text may do to a step -----------------------------------------------------------------------------------

ODD = {
    "empty": "",
    "blank": " \u00a0\n\t ",
    "long": "word " * 2000,
    "one long word": "က" * 10_000,
    "emoji": "👍🏽👩‍👩‍👧‍👦🇹🇿",
    "digits": "1234567890.,٠١٢٣५६",
    "control characters": "".join(map(chr, range(1, 32))) + "\x7f\x85\u2028",
    "invisible": "\u200b\u200c\u200d\u200e\u202e\ufeff\u00ad",
    "marks alone": "\u0301\u093c\u102d\u064b",
    "half a formula": "$x^2 \\begin{matrix} \\( { <b %s `",
    "brackets": "[](){}<>" * 50,
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("step", STEPS)
def test_no_text_is_too_odd_for_a_step(step, odd):
    plain = "It is 5 km to the market, and not 6."
    for source, target in ((ODD[odd], ODD[odd]), (plain, ODD[odd]), (ODD[odd], plain)):
        for language in ("sw", "ar", "my"):
            ran(step, back(Draft(KINDS["text"], {"text": source}, "en", language, content={"text": target})))
            options = {"stem": source, "options": [source, target]}
            ran(step, back(Draft(KINDS["stem"], options, "en", language, content={"stem": target, "options": [target, source]})))
            ran(step, back(Draft(KINDS["rows"], {"rows": [[source]]}, "en", language, content={"rows": [[target]]}, item={"answer": source})))


@pytest.mark.parametrize("step", STEPS)
def test_a_language_nobody_wrote_a_list_for_is_no_reason_to_break(step):
    ran(step, back(Draft(KINDS["text"], {"text": "It is not 5 km."}, "tw", "eu", content={"text": "Ez da 5 km."})))


def test_every_step_of_the_usual_way_is_there():
    assert all(steps.build(spec) for spec in DEFAULT)
