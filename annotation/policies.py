"""Who may do what: one function a right, answering ``Allowed`` or ``Denied("a whole sentence")``; None is the operator at the command line."""

from typing import Any

from annotation.models import Assignment, Campaign, Dataset, Member, Submission, Unit
from annotation.models.assignments import Stage
from annotation.models.members import Role
from core.models import User
from core.policy import Allowed, Decision, Denied
from core.prepared import Hole, Prepared

# Which stages of a campaign each role is given work of. Managers hand work out and do none of it.
STAGES: dict[str, tuple[str, ...]] = {
    Role.ANNOTATOR: (Stage.ANNOTATE,),
    Role.EXPERT: (Stage.VERIFY,),
    Role.MANAGER: (),
}
MEMBER = Prepared(lambda: Member.objects.filter(user=Hole("user"), dataset=Hole("dataset")))
ANONYMOUS = Denied("Sign in first.")
STRANGER = Denied("You are not a member of this dataset.")


def member(user: User | None, dataset_id: int) -> Member | None:
    """The person's membership, whatever its status; None for the operator, a visitor and a stranger."""
    if user is None or not user.is_authenticated:
        return None
    return MEMBER.first(user=user.pk, dataset=dataset_id)


def create_dataset(user: User | None) -> Decision:
    """Start a new dataset."""
    return Allowed if _operates(user) else Denied("Only the site's administrator makes new datasets.")


def manage(user: User | None, dataset: Dataset) -> Decision:
    """Decide about a dataset: its items, campaigns, people, runs and releases."""
    if _operates(user):
        return Allowed
    return _active(user, dataset.pk, Role.MANAGER, otherwise="Only a manager of this dataset may do this.")


import_into = start_run = build_release = publish = manage


def read_dataset(user: User | None, dataset: Dataset) -> Decision:
    """See that a dataset exists, and its overview."""
    return Allowed if _operates(user) else _active(user, dataset.pk, *Role.values)


def read_unit(user: User | None, unit: Unit) -> Decision:
    """See a unit with all its texts and answers. Not for annotators: they would see others' answers to what they hold."""
    return _decides(user, unit, "Only experts of this language and managers see a unit's whole history.")


def decide(user: User | None, unit: Unit) -> Decision:
    """Say what becomes of a unit, outside of any campaign."""
    return _decides(user, unit, "Only experts of this language and managers decide about a unit.")


def work_in(user: User | None, campaign: Campaign) -> Decision:
    """Be given work of a campaign now."""
    if user is None:
        return Denied("Work is given to a person, not to the command line.")
    roles = [role for role, stages in STAGES.items() if stages]
    decision = _active(user, campaign.dataset_id, *roles, otherwise="Managers hand work out and do none of it.")
    if decision and campaign.status != Campaign.Status.LIVE:
        return Denied(f"This campaign gives out no work: it is {campaign.get_status_display()}.")
    return decision


def stages_for(user: User | None, campaign: Campaign) -> tuple[str, ...]:
    """The stages this person is given work of; empty for everybody who is given none."""
    found = member(user, campaign.dataset_id)
    return STAGES[found.role] if found and found.status == Member.Status.ACTIVE else ()


def answer(user: User | None, assignment: Assignment) -> Decision:
    """Answer, skip or give back an assignment. It goes on while the campaign is paused: the work is done already."""
    if user is None or assignment.person_id != user.pk:
        return Denied("This is somebody else's assignment.")
    wanted = [role for role, stages in STAGES.items() if assignment.stage in stages]
    lost = f"You may not {assignment.stage} in this dataset any more."
    decision = _active(user, assignment.campaign.dataset_id, *wanted, otherwise=lost)
    if decision and assignment.stage != Stage.ANNOTATE and _answered(user, assignment):
        return Denied("You gave an answer this would be a judgement of: somebody else must judge it.")
    return decision


def read_release(user: User | None, release: Any) -> Decision:
    """See and download a release: published ones are everybody's, without an account."""
    if release.status == "published":
        return Allowed
    return manage(user, release.dataset)


def _operates(user: User | None) -> bool:
    return user is None or (user.is_authenticated and user.is_active and user.is_superuser)


def _active(user: User | None, dataset_id: int, *roles: str, otherwise: str = "", language: str = "") -> Decision:
    """Allowed for an active member in one of the roles and, but for managers, the language; `otherwise` is the reason for other members."""
    if user is None or not user.is_authenticated:
        return ANONYMOUS
    found = member(user, dataset_id)
    if found is None or not user.is_active:
        return STRANGER
    if found.status != Member.Status.ACTIVE:
        return Denied("Your membership is suspended: ask a manager of the dataset.")
    fits = not language or found.role == Role.MANAGER or language in found.languages
    return Allowed if found.role in roles and fits else Denied(otherwise)


def _decides(user: User | None, unit: Unit, otherwise: str) -> Decision:
    if _operates(user):
        return Allowed
    roles = (Role.MANAGER, Role.EXPERT)
    return _active(user, unit.item.dataset_id, *roles, otherwise=otherwise, language=unit.language)


def _answered(user: User, assignment: Assignment) -> bool:
    """Whether the person annotated the assignment's unit in this campaign, in whatever round."""
    return Submission.objects.filter(
        assignment__person=user,
        assignment__stage=Stage.ANNOTATE,
        assignment__campaign=assignment.campaign_id,
        assignment__task__unit=assignment.task.unit_id,
    ).exists()
