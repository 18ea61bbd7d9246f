"""The ledger: what an answer earns is written with the answer, and a manager corrects by another line."""

from decimal import Decimal

from django.db import IntegrityError, transaction

from annotation import policies
from annotation.models import Assignment, Campaign, Credit, Member, Reference, Submission, Unit
from annotation.pay import Pay, texts_of
from core.errors import Invalid
from core.events import record
from core.models import User
from core.policy import require
from core.told import listed, told

LIMIT = Decimal(1_000_000)


def earn(row: Assignment, stored: Submission) -> None:
    """Write what an answer earns, in the transaction that stores it; nothing where the campaign counts nothing.

    Whatever the task is for: gold and training are work, and must not be told from it by what they pay. Simulated people
    earn nothing.
    """
    if not row.campaign.credit or row.simulated:
        return
    pay = Pay.model_validate(row.campaign.credit)
    texts = _source(row) if pay.per == "word" else []
    quantity = pay.quantity(seconds=stored.seconds, texts=texts)
    Credit.objects.create(
        person_id=row.person_id,
        campaign_id=row.campaign_id,
        submission=stored,
        kind=pay.per,
        quantity=quantity,
        rate=pay.rate,
        amount=pay.amount(quantity),
        unit=pay.unit,
    )


def correct(
    campaign: Campaign, person: User, *, amount: Decimal, reason: str, key: str, by: User | None, bonus: bool = False
) -> Credit:  # fmt: skip
    """Add a manager's line to a person's account, with its reason; what was written before stays as it is.

    The same `key` writes one line, however often it is sent; with another amount, person or reason it is `Invalid`.
    """
    require(policies.manage(by, campaign.dataset))
    _check(campaign, person, amount, reason, key)
    unit = Pay.model_validate(campaign.credit).unit
    kind = Credit.Kind.BONUS if bonus else Credit.Kind.CORRECTION
    values = {"person": person, "campaign": campaign, "kind": kind, "amount": amount, "unit": unit, "reason": reason, "by": by}
    try:
        with transaction.atomic():
            made = Credit.objects.create(quantity=1, rate=amount, key=key, **values)
            record(kind, made, by=by, data={"person": person.pk, "amount": str(amount), "unit": unit, "reason": reason})
    except IntegrityError:
        made = Credit.objects.get(key=key)
        if any(getattr(made, name) != value for name, value in values.items()):
            raise Invalid("This key was used for another line: load the page again.") from None
    return made


def _check(campaign: Campaign, person: User, amount: Decimal, reason: str, key: str) -> None:
    errors = {}
    if not campaign.credit:
        raise Invalid(told("{campaign} counts no credits: there is nothing to correct.", campaign=campaign))
    if not amount.is_finite() or not amount or abs(amount) >= LIMIT or amount != round(amount, 6):
        errors["amount"] = told("must be a number other than 0, below a million, with at most six decimals")
    if not reason.strip() or "\x00" in reason:
        errors["reason"] = told("is missing: the person reads it")
    if not key or "\x00" in key or len(key) > 80:
        errors["key"] = told("must be a new text of up to 80 characters for every line")
    if not Member.objects.filter(dataset=campaign.dataset_id, user=person).exists():
        errors["person"] = told("is no member of this dataset")
    if errors:
        raise Invalid(told("This line cannot be written: {problems}.", problems=listed(errors)), errors)


def _source(row: Assignment) -> list[str]:
    """The source texts of what was asked; of a record that only points at others, theirs."""
    kinds = row.campaign.dataset.kinds
    item = Unit.objects.select_related("item").get(pk=row.task.unit_id).item
    kind = kinds.kind(item.kind)
    if kind.translatable:
        return texts_of(item.content, kind.translatable)
    targets = [one.target for one in Reference.objects.filter(item=item).select_related("target")]
    return [text for target in targets for text in texts_of(target.content, kinds.kind(target.kind).translatable)]
