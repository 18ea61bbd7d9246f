"""The contract of every step that makes items: what it makes of a good answer, and that it makes nothing of a bad one."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from pipelines.prompts import Prompt
from pipelines.records import Draft, Generated, Made, NotGenerated, Request, texts
from pipelines.steps import Step, steps
from tests.contracts.answering import generate, smallest
from tests.contracts.lessons import KIND, SOURCE, lesson
from tests.contracts.test_steps import ODD

MAKERS = [pytest.param(plugin(**plugin.example), id=name) for name, plugin in steps.all.items() if plugin.makes is not None]
HINDI = "अमीना बस चलाती है।"


def given(step: Step) -> Draft:
    """What a step makes something of: for a change of script a text in another one."""
    if step.name == "transliterate":
        return replace(lesson(), source={"passage": HINDI}, item={"passage": HINDI}, source_language="hi", target_language="hi")
    return replace(lesson(), content=lesson().content if step.compares else None)


def ran(step: Step, draft: Draft, ask: Any = generate) -> Draft:
    return asyncio.run(step.run(draft, ask))


def items_of(step: Step, ask: Any = generate) -> tuple[Made, ...]:
    """The items a step made; a step that wrote a text made one of it."""
    done = ran(step, given(step), ask)
    return done.made or ((Made(1, done.content, done.target_language),) if done.content != given(step).content else ())


@pytest.mark.parametrize("step", MAKERS)
def test_a_maker_makes_items_of_what_it_is_told(step):
    made = items_of(step)
    assert made, ran(step, given(step)).findings
    assert len({one.number for one in made}) == len(made), "two items would have one key"
    for one in made:
        assert one.number >= 1 and one.language
        if step.makes:
            assert set(step.makes) <= set(one.fields)
        else:
            assert KIND.translation_problems(given(step).source, one.fields) == {}


@pytest.mark.parametrize("step", MAKERS)
def test_what_asks_no_model_says_so(step):
    asked = []

    async def counting(request: Request) -> Generated:
        asked.append(request)
        return await generate(request)

    items_of(step, counting)
    assert bool(asked) == step.asks_models
    for request in asked:
        assert request.schema and request.prompt_signature == Prompt(request.prompt).signature
        assert not any("[[" in message["content"] for message in request.messages), "a slot of the prompt is not filled"


@pytest.mark.parametrize("step", MAKERS)
def test_an_item_names_who_made_it(step):
    if step.asks_models and step.makes != () and (made := items_of(step)):
        assert all(one.notes["by"].startswith("replay|prompt:") and one.notes["requests"] for one in made)


@pytest.mark.parametrize("step", MAKERS)
def test_no_answer_is_no_item(step):
    async def silent(request: Request) -> Generated:
        raise NotGenerated("refusal", "I am sorry.")

    if step.asks_models:
        try:
            done = ran(step, given(step), silent)
        except NotGenerated:
            return  # the run's item is given up, with the reason
        assert not done.made and done.findings, "nothing was made, and nobody is told why"


@pytest.mark.parametrize("step", MAKERS)
def test_empty_answers_are_refused_with_a_reason(step):
    async def empty(request: Request) -> Generated:
        return Generated(_emptied(smallest(request.schema)), "hash", "model")

    if step.asks_models:
        done = ran(step, given(step), empty)
        assert not done.made and done.content == given(step).content
        assert any(one.verdict in ("fail", "abstain") and one.detail for one in done.findings)


def _emptied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _emptied(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_emptied(one) for one in value]
    return " " if value == "text" else value


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("step", MAKERS)
def test_no_text_is_too_odd_for_a_maker(step, odd):
    text = ODD[odd]
    draft = lesson(**dict.fromkeys(SOURCE, text))
    draft = replace(draft, content=dict.fromkeys(SOURCE, text), item=draft.item | {"answer": text[:50]})
    for one in ran(step, draft).made:
        assert all(isinstance(said, str) for said in texts(one.fields))
