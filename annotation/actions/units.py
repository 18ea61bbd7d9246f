"""Units: propose a text for one, say what checks found in it, and decide what becomes of it."""

from collections.abc import Iterable
from typing import Any, Protocol

from django.db import transaction

from annotation import policies
from annotation.models import Finding, Translation, Unit
from core.errors import Invalid
from core.hashing import digest
from core.models import User
from core.policy import require
from core.prepared import append


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
    problems = unit.item.dataset.kinds.kind(unit.item.kind).translation_problems(unit.item.content, content)
    if problems:
        said = "; ".join(f"{field} {problem}" for field, problem in problems.items())
        raise Invalid(f"This is no translation of {unit}: {said}.", problems)
    translation = Translation(
        unit=unit,
        content=content,
        hash=digest(content),
        origin=origin,
        parent=parent,
        author=author,
        made_by=made_by or {},
    )
    with transaction.atomic(savepoint=False):
        append(translation)
        note(translation, findings)
    return translation


def note(translation: Translation, findings: Iterable[FoundLike]) -> None:
    """Append what checks found in a text; the same check with the same signature is on record once."""
    rows = [
        Finding(
            translation=translation,
            check_name=one.check,
            verdict=one.verdict,
            value=one.value,
            detail=one.detail,
            signature=one.signature,
        )
        for one in findings
    ]
    Finding.objects.bulk_create(rows, ignore_conflicts=True)


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


def adopt(unit: Unit, translation: Translation, *, by: User | None) -> None:
    """Make a person's text the unit's present one."""
    require(policies.decide(by, unit))
    unit.flow.move(unit, "adopt", by=by, data={"translation": translation.pk}, current=translation)


def verify(unit: Unit, *, by: User | None) -> None:
    """The present text is right."""
    require(policies.decide(by, unit))
    if unit.current_id is None:
        raise Invalid(f"{unit} has no text that could be verified.")
    unit.flow.move(unit, "verify", by=by, data={"translation": unit.current_id})


def reject(unit: Unit, *, by: User | None, reason: str) -> None:
    """The unit cannot be used; the reason is kept."""
    require(policies.decide(by, unit))
    unit.flow.move(unit, "reject", by=by, data={"reason": reason})


def reopen(unit: Unit, *, by: User | None, reason: str) -> None:
    """A verified or rejected unit is open to work again; the reason is kept."""
    require(policies.decide(by, unit))
    unit.flow.move(unit, "reopen", by=by, data={"reason": reason})
