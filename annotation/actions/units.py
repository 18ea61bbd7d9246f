"""Units: propose a text for one, say what checks found in it, and decide what becomes of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import transaction

from annotation import policies
from annotation.models import Finding, Translation, Unit
from core.errors import Invalid
from core.hashing import digest
from core.instances import fresh
from core.models import User
from core.policy import require
from core.prepared import append, append_all
from core.told import listed, told


class FoundLike(Protocol):
    """What a check says of a text; pipelines.records.Found is one."""

    check: str
    verdict: str
    signature: str
    value: float | None
    detail: str


def propose(
    unit: Unit,
    *,
    content: dict[str, Any],
    origin: str,
    parent: Translation | None = None,
    author: User | None = None,
    made_by: dict[str, Any] | None = None,
    findings: Iterable[FoundLike] = (),
) -> Translation:
    """Append a candidate text to a unit, exactly as given; nothing is decided by it."""
    translation = proposal(unit, content=content, origin=origin, parent=parent, author=author, made_by=made_by)
    with transaction.atomic(savepoint=False):
        append(translation)
        note(translation, findings)
    return translation


def proposal(unit: Unit, *, content: dict[str, Any], origin: str, parent: Translation | None = None,
             author: User | None = None, made_by: dict[str, Any] | None = None) -> Translation:  # fmt: skip
    """A candidate text that is not written yet, for `propose_all`; raises `Invalid` when it is no translation of the unit."""
    problems = unit.item.dataset.kinds.kind(unit.item.kind).translation_problems(unit.item.content, content)
    if problems:
        raise Invalid(told("This is no translation of {unit}: {said}.", unit=unit, said=listed(problems)), problems)
    return fresh(
        Translation, unit=unit, content=content, hash=digest(content), origin=origin, parent=parent, author=author, made_by=made_by or {}
    )  # fmt: skip


def propose_all(proposals: list[Translation]) -> None:
    """Append many candidate texts, as `proposal` made them; each knows its key then."""
    append_all(proposals)


def note(translation: Translation, findings: Iterable[FoundLike]) -> None:
    """Append what checks found in a text; the same check with the same signature is on record once."""
    note_all([(translation, findings)])


def note_all(found: Iterable[tuple[Translation, Iterable[FoundLike]]]) -> None:
    """Append what checks found in many texts, in one statement."""
    rows = [
        Finding(
            translation=translation,
            check_name=one.check,
            verdict=one.verdict,
            value=one.value,
            detail=one.detail,
            signature=one.signature,
        )
        for translation, findings in found
        for one in findings
    ]
    Finding.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)


def draft(unit: Unit, translation: Translation, *, route: str, reasons: Iterable[str] = (), by: User | None = None) -> None:
    """Make a machine's text the unit's present one, with where the machines send it and why."""
    require(policies.decide(by, unit))
    unit.flow.move(
        unit,
        "draft",
        by=by,
        data={"translation": translation.pk, "route": route},
        current=translation,
        route=route,
        reasons=list(reasons),
    )


@dataclass(frozen=True)
class Drafted:
    """A machine's text that is to become its unit's present one, with where the machines send it and why."""

    unit: Unit
    translation: Translation
    route: str
    reasons: tuple[str, ...] = ()


def draft_all(drafts: Iterable[Drafted]) -> set[int]:
    """Do what `draft` does for many units at once, for the operator; the keys of those that could still be drafted."""
    by_unit = {one.unit.pk: one for one in drafts}
    changes = {pk: {"current": d.translation, "route": d.route, "reasons": list(d.reasons)} for pk, d in by_unit.items()}
    data = {pk: {"translation": d.translation.pk, "route": d.route} for pk, d in by_unit.items()}
    return Unit.flow.move_all([one.unit for one in by_unit.values()], "draft", changes, data=data)


def adopt(unit: Unit, translation: Translation, *, by: User | None) -> None:
    """Make a person's text the unit's present one."""
    require(policies.decide(by, unit))
    unit.flow.move(unit, "adopt", by=by, data={"translation": translation.pk}, current=translation)


def verify(unit: Unit, *, by: User | None) -> None:
    """The present text is right."""
    require(policies.decide(by, unit))
    if unit.current_id is None:
        raise Invalid(told("{unit} has no text that could be verified.", unit=unit))
    unit.flow.move(unit, "verify", by=by, data={"translation": unit.current_id})


def reject(unit: Unit, *, by: User | None, reason: str) -> None:
    """The unit cannot be used; the reason is kept."""
    require(policies.decide(by, unit))
    unit.flow.move(unit, "reject", by=by, data={"reason": reason})


def reopen(unit: Unit, *, by: User | None, reason: str) -> None:
    """A verified or rejected unit is open to work again; the reason is kept."""
    require(policies.decide(by, unit))
    unit.flow.move(unit, "reopen", by=by, data={"reason": reason})
