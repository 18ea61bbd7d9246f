"""A simulated crowd of known skill: it takes work and answers like everybody else, and everything it does says that it is simulated."""

from typing import Any

from annotation import policies
from annotation.actions import campaigns
from annotation.bulk import analyze
from annotation.models import Assignment, Campaign, Dataset, Member, Submission, Task, Unit
from annotation.task_types import task_types
from core.errors import Invalid
from core.events import record
from core.models import User
from core.policy import require
from core.told import told
from pipelines.crowd_work import Answers, Crowd, Told, Work

# Programs fill these faster than PostgreSQL looks at them.
GROWING = (Unit, Task, Assignment, Submission)


def simulate(
    campaign: Campaign, *, answers: Answers | None = None, on_progress: Told | None = None, by: User | None = None, **crowd: Any
) -> dict[str, Any]:
    """Let simulated people work until the campaign has nothing left for them; returns what they did.

    The keywords are the fields of `Crowd`. The same seed on the same texts gives the same answers. ``redo`` is how many
    tasks had another round; ``left`` how many are still open: nobody of the crowd may do them, or knows what to say.
    """
    work = _work(campaign.dataset, [campaign], crowd, answers, on_progress, by)
    analyze(*GROWING)
    work.exhaust(campaign)
    return work.said | work.done(campaign)


def simulate_chain(
    dataset: Dataset, *, answers: Answers | None = None, on_progress: Told | None = None, by: User | None = None, **crowd: Any
) -> dict[str, Any]:
    """Let simulated people work through all live campaigns of a dataset, as often as one makes work for another.

    Returns the same as `simulate`, over all campaigns and for each of them, with the units admitted on the way.
    """
    live = list(dataset.campaigns.filter(status=Campaign.Status.LIVE).select_related("dataset").order_by("pk"))
    if not live:
        raise Invalid(told("{dataset} has no live campaign: open one first.", dataset=dataset))
    work = _work(dataset, live, crowd, answers, on_progress, by)
    admitted, answered = campaigns.admit_due(dataset), -1
    while answered:
        analyze(*GROWING)
        answered = sum(map(work.exhaust, live))
        admitted += campaigns.admit_due(dataset)
    each = [{"campaign": one.slug} | work.done(one) for one in live]
    total = {name: sum(one[name] for one in each) for name in each[0] if name != "campaign"}
    return work.said | total | {"admitted": admitted, "campaigns": each}


def _work(
    dataset: Dataset, live: list[Campaign], crowd: dict[str, Any], answers: Answers | None, told: Told | None, by: User | None
) -> Work:
    require(policies.manage(by, dataset))
    size = Crowd(**crowd)
    for campaign in live:
        for spec in filter(None, (campaign.task_type, campaign.verify_type, campaign.adjudicate_type)):
            task_types.get(spec["name"])  # before anybody is made
    groups = [[_member(dataset, role, number + 1, size.skills[role]) for number in range(people)] for role, people in size.sizes.items()]
    return Work(groups, live, size, answers, told)


def _member(dataset: Dataset, role: str, number: int, skill: float) -> Member:
    """The simulated person of that role and number, the same in every dataset, as a member of this one."""
    user, is_new = User.objects.get_or_create(
        username=f"sim-{role}-{number}", defaults={"first_name": f"Simulated {role} {number}"}
    )  # fmt: skip
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    member, is_new = Member.objects.get_or_create(
        dataset=dataset, user=user, defaults={"role": role, "languages": dataset.language_tags, "simulated": True}
    )
    if is_new:
        record("join", member, data={"role": role, "skill": skill, "simulated": True})
    return member
