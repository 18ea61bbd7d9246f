"""What simulated people answer: one function for each task type, which errs as often as it is told to."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from annotation.records import Question
from annotation.task_types import TaskType

Payload = dict[str, Any]
# Of what an unskilled moment leaves behind, this share is a damaged text; the rest is the draft as it was.
BREAKS = 0.1
# Of the wrong texts an expert notices, this share goes back to the crowd; the rest the expert corrects.
SENDS_BACK = 0.5
# Whom nothing strikes as wrong takes the best option of a survey so often, else the next one.
BEST = 0.85


@dataclass(frozen=True)
class Moment:
    """One simulated person before one question."""

    asked: TaskType
    """What is asked at this stage."""
    question: Question
    right: Payload | None
    """The text as it should be; None where nobody knows."""
    skill: float
    """How often this person is right, 0 to 1."""
    dice: random.Random
    judges: bool = False
    """Whether it is an expert's look at what is done, not the work itself."""
    may_send_back: bool = True
    disputed: TaskType | None = None
    """For an adjudication: what was asked of those whose answers disagree."""
    answers: dict[str, Payload] = field(default_factory=dict)
    """And what they said, by letter."""

    @property
    def wrong(self) -> bool:
        """Whether the present text is not as it should be."""
        return self.right is not None and self.question.draft != self.right

    def knows(self) -> bool:
        """A throw of the dice: whether the person is right this time."""
        return self.dice.random() < self.skill


def answer(moment: Moment) -> Payload | None:
    """What the person says, as a payload of what is asked; None where they have nothing to say."""
    return ANSWERS.get(moment.asked.name, _sampled)(moment)


def _sampled(moment: Moment) -> Payload | None:
    """Some answer that is one here: whoever knows gives the one that all who know give, anybody else any."""
    question = moment.question
    same = random.Random(repr((question.kind_name, question.source, question.target_language)))
    payload = moment.asked.sample(question, same if moment.knows() else moment.dice)
    if payload and moment.right and "content" in payload:
        payload["content"] = moment.right
    return payload


def _post_edit(moment: Moment) -> Payload | None:
    """The right text, or else the text as it came, now and then damaged."""
    draft, knows = moment.question.draft, moment.knows()
    text = moment.right if knows or draft is None else draft
    if not knows and text and moment.dice.random() < BREAKS:
        text = _damaged(text)
    return {"content": text} if text else None


def _verify(moment: Moment) -> Payload | None:
    """Whoever notices a wrong text corrects it or has it done again: by sending it back, or, where it is the
    campaign's own question, with a rating under 4.

    An unskilled moment accepts what is there, with any rating.
    """
    if moment.question.draft is None and moment.question.kind.translatable:
        return None
    if not moment.knows():
        return {"decision": "accept", "rating": moment.dice.randint(1, 5)}
    if not moment.wrong:
        return {"decision": "accept", "rating": moment.dice.choice((4, 5))}
    again = moment.dice.random() < SENDS_BACK
    if moment.judges and again and moment.may_send_back:
        return {"decision": "redo", "reason": "simulated: it does not say what the source says"}
    low = moment.judges or again
    return {"decision": "accept", "rating": moment.dice.choice((2, 3)) if low else 4, "content": moment.right}


def _survey(moment: Moment) -> Payload | None:
    """The last option of each question for a text noticed as wrong, the first ones for another; an unskilled moment takes any.

    So a survey's options are to run from the best to the worst, as those of the questions that it comes with do.
    """
    if moment.question.draft is None:
        return None
    knows = moment.knows()
    said = {one.name: _option(list(one.among(moment.question)), moment, knows) for one in moment.asked.asks(moment.question)}
    return {"answers": said}


def _option(options: list[str], moment: Moment, knows: bool) -> str:
    if not knows:
        return moment.dice.choice(options)
    if moment.wrong:
        return options[-1]
    return options[0 if len(options) < 3 or moment.dice.random() < BEST else 1]


def _relabel(moment: Moment) -> Payload | None:
    """The record's own label, in each language by a throw of its own; an unskilled moment gives another one."""
    label = moment.question.source.get(moment.question.kind.answer or "")
    said = {}
    for one in moment.asked.asks(moment.question):
        options = one.among(moment.question)
        if label not in options:
            return None
        others = [option for option in options if option != label]
        said[one.name] = label if moment.knows() or not others else moment.dice.choice(others)
    return {"answers": said}


def _adjudicate(moment: Moment) -> Payload | None:
    """The answer that is right, or if nobody gave it, it as an own answer; an unskilled moment takes any."""
    asked, letters = moment.disputed, sorted(moment.answers)
    right = answer(replace(moment, asked=asked, skill=1.0)) if asked and moment.knows() else None
    if asked is None or right is None:
        return {"take": moment.dice.choice(letters)}
    same = [letter for letter in letters if _label(asked, moment.answers[letter]) == _label(asked, right)]
    return {"take": same[0]} if same else {"own": right}


def _label(asked: TaskType, payload: Payload) -> str:
    return asked.label_of(asked.Payload.model_validate(payload))


ANSWERS: dict[str, Callable[[Moment], Payload | None]] = {
    "post_edit": _post_edit, "translate": _post_edit, "verify": _verify, "survey": _survey, "relabel": _relabel, "adjudicate": _adjudicate,
}  # fmt: skip
"""How a simulated person answers, by the task type's name; any other is answered by a sample."""


def corrected(content: Payload) -> Payload:
    """What passes for the right text where nobody knows one: it says itself that it is simulated."""
    return _changed(content, lambda text: f"{text} [simulated correction]")


def _damaged(content: Payload) -> Payload:
    """The content with its first text cut in half, where something is left of it then."""
    return _changed(content, lambda text: text[: len(text) // 2])


def _changed(content: Payload, change: Callable[[str], str]) -> Payload:
    for name, value in content.items():
        if isinstance(value, str) and (new := change(value)).strip():
            return content | {name: new}
    return content
