"""What a manager makes of a signal, what the person says to it, and what another manager says to that."""

from django.db import transaction

from annotation import people, policies
from annotation.actions import members
from annotation.models import Campaign, Member, Review
from core.errors import Conflict, Invalid
from core.events import record
from core.models import User
from core.policy import require
from core.told import told

ACTION = Review.Action


def review(
    campaign: Campaign, *, person: int, signal: str, action: str, note: str, other: int | None = None, by: User | None
) -> Review:
    """Dismiss a signal about a person, warn them or suspend them; the person reads the note, unless it was dismissed.

    The numbers that are kept are those of now: raises `Conflict` when the signal is there no more.
    """
    require(policies.manage(by, campaign.dataset))
    if action not in ACTION.values:
        raise Invalid(told("A signal is {actions}.", actions=", ".join(ACTION.values)), {"action": told("is none of these")})
    if action != ACTION.DISMISSED:
        _said(note, "note", told("for the person will read it"))
    found = [
        one for one in people.signals_of(campaign)
        if (one.signal.name, one.person.pk, one.other and one.other.pk) == (signal, person, other)
    ]  # fmt: skip
    if not found:
        raise Conflict("This signal is not there any more: load the page again.")
    with transaction.atomic():
        row = Review.objects.create(
            campaign=campaign, person_id=person, signal=signal, evidence=found[0].evidence, action=action, note=note, decided_by=by
        )  # fmt: skip
        record("review", row, by=by, data={"person": person, "signal": signal, "action": action})
        if action == ACTION.SUSPENDED:
            members.suspend(Member.objects.get(dataset=campaign.dataset, user=person), by=by)
    return row


def appeal(row: Review, text: str, *, by: User) -> None:
    """The person says why this is wrong; once. Another manager answers."""
    require(policies.appeal_review(by, row))
    Review.flow.move(row, "appeal", by=by, appeal=_said(text, "appeal", told("for somebody else will decide by it")))


def answer(row: Review, verdict: str, text: str, *, by: User | None) -> None:
    """Uphold or overturn what another manager made of a signal; who was suspended by it and is overturned may work again."""
    require(policies.answer_review(by, row))
    if verdict not in ("uphold", "overturn"):
        raise Invalid("An appeal is answered by uphold or overturn.", {"verdict": told("is neither")})
    said = _said(text, "answer", told("for the person will read it"))
    with transaction.atomic():
        Review.flow.move(row, verdict, by=by, answer=said, answered_by=by)
        if verdict == "overturn" and row.action == ACTION.SUSPENDED:
            member = Member.objects.get(dataset=row.campaign.dataset_id, user=row.person_id)
            if Member.flow.allows(member, "reinstate"):
                members.reinstate(member, by=by)


def _said(text: str, what: str, why: str) -> str:
    if not text.strip() or "\x00" in text or len(text) > 2000:
        raise Invalid(told("Write it in at most 2,000 characters, {why}.", why=why), {what: told("is missing, too long or no text")})
    return text
