"""Gold: tasks whose right answers are known, made one by one, from verified units or from a file; and what is lifted or retired."""

from collections.abc import Iterable
from typing import Any, Literal

import orjson
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from pydantic import BaseModel, ConfigDict, ValidationError

from annotation import policies
from annotation.models import Campaign, Gold, Hold, Task, Translation, Unit
from annotation.questions import question
from annotation.task_types import TaskType, task_types
from core.errors import Conflict, DragomanError, Invalid, Missing
from core.events import record
from core.hashing import digest
from core.models import User
from core.policy import require
from core.told import listed, told
from core.wrong import places

# So many people may answer one gold task: as many as the counter on its row can hold.
SLOTS = 30_000
PURPOSES = (Task.Purpose.GOLD, Task.Purpose.TRAINING, Task.Purpose.TEST)


class Line(BaseModel):
    """One line of a file of gold: the item's key, the language, the right answer or several, and why."""

    model_config = ConfigDict(extra="forbid")

    key: str
    language: str
    expected: dict[str, Any] | list[dict[str, Any]]
    kind: str = ""
    purpose: Literal["gold", "training", "test"] = "gold"
    explanation: str = ""


def make_gold(
    campaign: Campaign, unit: Unit, *, expected: dict[str, Any] | list[dict[str, Any]], purpose: str = Task.Purpose.GOLD,
    explanation: str = "", by: User | None,
) -> Gold:  # fmt: skip
    """A task of the campaign whose right answers, each a payload of its task type, are known.

    Where an answer is a text, people see the machine's draft from which the unit's text was made: the text itself would be
    the answer. Raises `Conflict` for a unit that the campaign asks about as work just now, or has as gold already.
    """
    require(policies.manage(by, campaign.dataset))
    _check_place(campaign, unit, purpose)
    asked = task_types.build(campaign.task_type)
    if "annotate" not in asked.stages or not expected:
        raise Invalid("Gold needs a right answer to what people annotate.", {"expected": told("is missing")})
    put = question(Task(campaign=campaign, unit=unit), with_context=False)
    accepted = [asked.parse(one, put) for one in (expected if isinstance(expected, list) else [expected])]
    try:
        with transaction.atomic():
            task = Task.objects.create(
                campaign=campaign, unit=unit, language=unit.language, purpose=purpose, needed=SLOTS, open=SLOTS
            )
            gold = Gold.objects.create(
                task=task, accepted=[one.model_dump(mode="json") for one in accepted], explanation=explanation,
                shown=_shown(unit, asked, accepted[0]), created_by=by,
            )  # fmt: skip
            record("make", gold, by=by, data={"task": task.pk, "purpose": purpose})
    except IntegrityError as error:
        raise Conflict(told("{unit} is {purpose} of this campaign already.", unit=unit, purpose=purpose)) from error
    return gold


def gold_from_verified(
    campaign: Campaign, *, count: int, purpose: str = Task.Purpose.GOLD, seed: int = 1, by: User | None
) -> int:  # fmt: skip
    """Make up to `count` gold tasks in each language out of verified units, drawn by the seed; returns how many.

    For task types whose answer is a text: the verified text is the right answer. Units that the campaign asks about are left out.
    """
    require(policies.manage(by, campaign.dataset))
    made = 0
    for tag in campaign.languages or campaign.dataset.language_tags:
        found = Unit.objects.filter(item__dataset=campaign.dataset, language=tag, status=Unit.Status.VERIFIED)
        found = found.exclude(tasks__campaign=campaign).select_related("item__dataset", "current")
        chosen = sorted(found, key=lambda unit: digest([seed, unit.pk]))[:count]
        for unit in chosen:
            make_gold(campaign, unit, expected={"content": unit.current.content}, purpose=purpose, by=by)
        made += len(chosen)
    return made


def gold_from_lines(campaign: Campaign, lines: Iterable[str], *, by: User | None) -> tuple[int, list[dict[str, Any]]]:
    """Make gold from JSON Lines, each a `Line`; returns how many, and ``{line, error}`` for each line that made none."""
    require(policies.manage(by, campaign.dataset))
    made, errors = 0, []
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            _from_line(campaign, text, by)
            made += 1
        except DragomanError as problem:
            errors.append({"line": number, "error": str(problem)})
    return made, errors


def retire(gold: Gold, *, by: User | None) -> None:
    """Give a gold task to nobody any more, and count none of its grades: it was wrong, or too many know it."""
    require(policies.manage(by, gold.task.campaign.dataset))
    Gold.flow.move(gold, "retire", by=by)


def lift(hold: Hold, *, by: User | None) -> None:
    """Let a paused person work again; the rule looks only at what they answer from now on."""
    require(policies.manage(by, hold.campaign.dataset))
    Hold.flow.move(hold, "lift", by=by, lifted=Now())


def _check_place(campaign: Campaign, unit: Unit, purpose: str) -> None:
    if purpose not in PURPOSES:
        raise Invalid(told(
            "Gold is for {purposes}, not for {purpose!r}.",
            purposes=", ".join(PURPOSES), purpose=purpose,
        ), {"purpose": told("is none of these")})
    if unit.item.dataset_id != campaign.dataset_id:
        raise Invalid(told("{unit} is of another dataset than the campaign.", unit=unit))
    if unit.language not in (campaign.languages or campaign.dataset.language_tags):
        raise Invalid(told(
            "The campaign {slug!r} does not ask in {language}.",
            slug=campaign.slug, language=unit.language,
        ), {"language": told("is not the campaign's")})
    # Who had it as work would know it again.
    if Task.objects.filter(campaign=campaign, unit=unit, purpose=Task.Purpose.WORK, status=Task.Status.OPEN).exists():
        raise Conflict(told(
            "{unit} is open work of this campaign: gold is made of other units, before the campaign is opened.",
            unit=unit,
        ))


def _shown(unit: Unit, asked: TaskType, expected: BaseModel) -> Translation | None:
    """The text people start from: what is judged, or where a text is the answer the first it was made from."""
    text = unit.current
    if asked.text(expected) is not None:
        while text and text.parent:
            text = text.parent
    return text


def _from_line(campaign: Campaign, text: str, by: User | None) -> Gold:
    try:
        line = Line.model_validate(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise Invalid(told("This is no JSON: {error}.", error=error)) from error
    except ValidationError as error:
        raise Invalid(listed(places(error, "line"), of=": ")) from error
    found = Unit.objects.filter(item__dataset=campaign.dataset, item__key=line.key, language=line.language)
    if line.kind:
        found = found.filter(item__kind=line.kind)
    units = list(found.select_related("item__dataset", "current")[:2])
    if not units:
        raise Missing(told(
            "There is no {kind} {key!r} in {language} in this dataset.",
            kind=line.kind or "item", key=line.key, language=line.language,
        ))
    if len(units) > 1:
        raise Invalid(told("{key!r} is the key of several items: say the kind.", key=line.key))
    return make_gold(
        campaign, units[0], expected=line.expected, purpose=line.purpose, explanation=line.explanation, by=by
    )
