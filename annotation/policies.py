"""Who may do what: one function a right, answering ``Allowed`` or ``Denied("a whole sentence")``; None is the operator at the command line."""

from typing import Any

from annotation import verdicts
from annotation.models import (
    Appeal,
    Assignment,
    Campaign,
    Consensus,
    Dataset,
    Hold,
    Member,
    Qualification,
    Review,
    SavedView,
    Submission,
    Task,
    Unit,
)  # fmt: skip
from annotation.models.assignments import Stage
from annotation.models.members import Role
from core.models import User
from core.policy import Allowed, Decision, Denied
from core.prepared import Hole, Prepared
from core.told import told

MEMBER = Prepared(lambda: Member.objects.filter(user=Hole("user"), dataset=Hole("dataset")))
# How many of a person's last answers in a campaign they may go back to.
CHANGEABLE = 10
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


def manage_endpoints(user: User | None) -> Decision:
    """See, add, change, try and retire the endpoints of models and their keys."""
    return Allowed if _operates(user) else Denied("Only the site's administrator sees to endpoints and their keys.")


def manage(user: User | None, dataset: Dataset) -> Decision:
    """Decide about a dataset: its items, campaigns, people, runs and releases."""
    if _operates(user):
        return Allowed
    return _active(user, dataset.pk, Role.MANAGER, otherwise=told("Only a manager of this dataset may do this."))


import_into = start_run = build_release = publish = manage


def read_dataset(user: User | None, dataset: Dataset) -> Decision:
    """See that a dataset exists, and its overview."""
    return Allowed if _operates(user) else _active(user, dataset.pk, *Role.values)


def browse(user: User | None, dataset: Dataset) -> Decision:
    """Look through a dataset's units. Not for annotators: they would see others' answers to what they hold."""
    if _operates(user):
        return Allowed
    return _active(user, dataset.pk, Role.MANAGER, Role.EXPERT, otherwise=told("Only experts and managers browse the units."))


def read_view(user: User | None, view: SavedView) -> Decision:
    """Look through somebody's saved view: one's own, and as a manager a shared one."""
    if user is None or view.owner_id == user.pk:
        return browse(user, view.dataset)
    return manage(user, view.dataset) if view.shared else Denied("This view is somebody else's.")


drop_view = read_view


def read_unit(user: User | None, unit: Unit) -> Decision:
    """See a unit with all its texts and answers. Not for annotators: they would see others' answers to what they hold."""
    return _decides(user, unit, told("Only experts of this language and managers see a unit's whole history."))


def see_judgements(user: User | None, unit: Unit) -> Decision:
    """See what a model thinks of a unit's texts: managers, and of the others who has voted and holds no task of it any more."""
    decision = read_unit(user, unit)
    if not decision or user is None or manage(user, unit.item.dataset):
        return decision
    mine = Assignment.objects.filter(person=user, task__unit=unit)
    open_ = (Assignment.Status.ACTIVE, Assignment.Status.RESERVED)
    if mine.filter(status__in=open_).exists() or not mine.filter(status=Assignment.Status.SUBMITTED).exists():
        return Denied("What a model thinks of this text you see after you have said what you think.")
    return Allowed


def decide(user: User | None, unit: Unit) -> Decision:
    """Say what becomes of a unit, outside of any campaign."""
    return _decides(user, unit, told("Only experts of this language and managers decide about a unit."))


def stages(role: str, campaign: Campaign) -> tuple[str, ...]:
    """The stages of a campaign a role is given work of; the claim's statement says the same. Managers do none of it."""
    asked = (Stage.ANNOTATE,) if role == campaign.audience.get("role", Role.ANNOTATOR) else ()
    return (*asked, Stage.VERIFY, Stage.ADJUDICATE) if role == Role.EXPERT else asked


def work_in(user: User | None, campaign: Campaign) -> Decision:
    """Be given work of a campaign now."""
    if user is None:
        return Denied("Work is given to a person, not to the command line.")
    decision = _active(user, campaign.dataset_id, Role.ANNOTATOR, Role.EXPERT, otherwise=told(
        "Managers hand work out and do none of it.",
    ))
    if decision and campaign.status != Campaign.Status.LIVE:
        return Denied(told("This campaign gives out no work: it is {status}.", status=told(campaign.get_status_display())))
    if decision and not stages_for(user, campaign):
        return Denied("This campaign asks experts, and you are none.")
    return decision


def serves(found: Member | None, campaign: Campaign) -> bool:
    """Whether `work_in` allows this member of the campaign's dataset, without asking the database again."""
    active = found is not None and found.status == Member.Status.ACTIVE and campaign.status == Campaign.Status.LIVE
    return active and bool(stages(found.role, campaign))


def idle(user: User, campaign: Campaign) -> Decision:
    """Whether a person to whom the claim gives nothing has just nothing left; Denied says what else keeps work from them."""
    if hold := Hold.objects.filter(campaign=campaign, person=user, status=Hold.Status.ACTIVE).first():
        return Denied(paused(hold))
    if not campaign.qualification:
        return Allowed
    whom = {"dataset": campaign.dataset_id, "person": user, "task_type": campaign.task_type["name"]}
    for one in Qualification.objects.filter(**whom).exclude(status=Qualification.Status.PASSED).order_by("status"):
        if one.status == Qualification.Status.FAILED:
            return Denied(failed(one))
        return Denied(told(
            "You are {hold} for {language}, and no text of it is left: tell a manager of the dataset.",
            hold=told(one.get_status_display()), language=one.language,
        ))
    return Allowed


def paused(hold: Hold) -> str:
    """What a hold says to the person it is about."""
    return told(
        "Your work in {language} is paused: {reason} Ask a manager of the dataset; they can lift it.",
        language=hold.language, reason=hold.reason,
    )


def failed(one: Qualification) -> str:
    """What a failed qualification says to its person."""
    return told(
        "You did not pass the test for {language}: {score:.0%} was right. A manager can let you try again.",
        language=one.language, score=one.score,
    )


def stages_for(user: User | None, campaign: Campaign) -> tuple[str, ...]:
    """The stages this person is given work of; empty for everybody who is given none."""
    found = member(user, campaign.dataset_id)
    return stages(found.role, campaign) if found and found.status == Member.Status.ACTIVE else ()


def see_progress(user: User | None, campaign: Campaign) -> Decision:
    """See how far a campaign is, to the task. Not for its annotators where gold is mixed in: a count that stands still tells it."""
    if campaign.gold_rate and not sees_progress(member(user, campaign.dataset_id), campaign):
        return Denied("How far this campaign is as a whole, its managers see; how far you are is on the page of your work.")
    return read_dataset(user, campaign.dataset)


def sees_progress(found: Member | None, campaign: Campaign) -> bool:
    """Whether `see_progress` allows this reader of the campaign's dataset, without asking the database again."""
    active = found is not None and found.status == Member.Status.ACTIVE
    return not (campaign.gold_rate and active and Stage.ANNOTATE in stages(found.role, campaign))


def answer(user: User | None, assignment: Assignment) -> Decision:
    """Answer, skip or give back an assignment. It goes on while the campaign is paused: the work is done already."""
    if user is None or assignment.person_id != user.pk:
        return Denied("This is somebody else's assignment.")
    wanted = [role for role in Role if assignment.stage in stages(role, assignment.campaign)]
    lost = told("You may not {stage} in this dataset any more.", stage=told(assignment.get_stage_display()))
    decision = _active(user, assignment.campaign.dataset_id, *wanted, otherwise=lost)
    if decision and assignment.stage != Stage.ANNOTATE and _answered(user, assignment):
        return Denied("You gave an answer this would be a judgement of: somebody else must judge it.")
    return decision


def change_answer(user: User | None, assignment: Assignment, place: int) -> Decision:
    """Replace one's own answer; `place` says how many of the campaign were given after it.

    What a task is for does not come into it: gold must look like work. Whether others have answered meanwhile, only the
    action finds out.
    """
    decision = answer(user, assignment)
    campaign = assignment.campaign
    if decision and (assignment.stage != Stage.ANNOTATE or max(campaign.overlap, campaign.max_overlap) < 2):
        return Denied("An answer that nobody else is asked for stands as soon as it is sent.")
    if decision and campaign.status == Campaign.Status.CLOSED:
        return Denied("The campaign is closed: its answers stand.")
    if decision and place >= CHANGEABLE:
        return Denied(told("Only the last {most} answers can be changed.", most=CHANGEABLE))
    return decision


def appeal_review(user: User | None, review: Review) -> Decision:
    """Appeal against what a manager made of a signal about oneself; who is suspended may, too."""
    if user is None or review.person_id != user.pk or review.action == Review.Action.DISMISSED:
        return Denied("This is not about you.")
    return Allowed


def answer_review(user: User | None, review: Review) -> Decision:
    """Decide an appeal: a manager, but not the one whose decision it is about."""
    return impartial(user, review) and manage(user, review.campaign.dataset)


def impartial(user: User | None, review: Review) -> Decision:
    """Not be the one whose decision a review is."""
    own = user is not None and review.decided_by_id == user.pk
    said = told("This is an appeal against your own decision: another manager answers it, or the site's administrator.")
    return Denied(said) if own else Allowed
def comment_on(user: User | None, task: Task) -> Decision:
    """Say something about a task: those who may read its unit, and who has had it in hand."""
    if user is None:
        return Denied("A comment comes from a person, not from the command line.")
    decision = read_unit(user, task.unit)
    if decision:
        return decision
    found = member(user, task.campaign.dataset_id)
    active = found is not None and found.status == Member.Status.ACTIVE
    if active and Assignment.objects.filter(person=user, task=task).exists():
        return Allowed
    return decision


def resolve(user: User | None, submission: Submission) -> Decision:
    """Say what came of what an answer flagged: experts of its language and managers, but not of their own flag."""
    decision = decide(user, submission.assignment.task.unit)
    if decision and user is not None and submission.assignment.person_id == user.pk:
        return Denied("You flagged this yourself: somebody else must look at it.")
    return decision


def appeal(user: User | None, submission: Submission) -> Decision:
    """Ask for a second expert about one's own text that was sent back or rejected, here or further down the chain."""
    given = submission.assignment
    if user is None or given.person_id != user.pk:
        return Denied("Only who wrote a text appeals about it.")
    decision = _active(user, given.campaign.dataset_id, *Role.values)
    if not decision:
        return decision
    if given.campaign.status == Campaign.Status.CLOSED:
        return Denied("The campaign is closed: there is nobody left to appeal to.")
    judged = given.stage == Stage.ANNOTATE and verdicts.against(given.task)
    if not judged or not Consensus.objects.filter(task=given.task_id, chosen=submission).exists():
        return Denied("Nobody has sent this text back or rejected it: there is nothing to appeal about.")
    return Allowed


def judge_appeal(user: User | None, appeal: Appeal) -> Decision:
    """Decide an appeal, blinded: an expert of the language who has neither written nor judged any text of this unit."""
    if user is None:
        return Denied("An appeal is decided by a person, not by the command line.")
    given = appeal.submission.assignment
    language = given.task.language
    expert = told("Only experts of this language decide appeals.")
    decision = _active(user, given.campaign.dataset_id, Role.EXPERT, otherwise=expert, language=language)
    if decision and _took_part(user, given):
        return Denied("You have written or judged a text of this unit: another expert must decide.")
    return decision


def review(user: User | None, dataset: Dataset) -> Decision:
    """See what wants looking at: flags and appeals."""
    if _operates(user):
        return Allowed
    return _active(user, dataset.pk, Role.MANAGER, Role.EXPERT, otherwise=told(
        "Only experts and managers look at flags and appeals.",
    ))


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


def _took_part(user: User, assignment: Assignment) -> bool:
    """Whether the person gave any answer about the assignment's unit, in whatever campaign and at whatever stage."""
    return Submission.objects.filter(assignment__person=user, assignment__task__unit=assignment.task.unit_id).exists()


def _answered(user: User, assignment: Assignment) -> bool:
    """Whether the person annotated the assignment's unit in this campaign, in whatever round."""
    return Submission.objects.filter(
        assignment__person=user,
        assignment__stage=Stage.ANNOTATE,
        assignment__campaign=assignment.campaign_id,
        assignment__task__unit=assignment.task.unit_id,
    ).exists()
