"""A simulated crowd of known skill: it takes work and answers like everybody else, and everything it does says that it is simulated."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from annotation import policies
from annotation.actions import assignments
from annotation.models import Assignment, Campaign, Member, Translation, Unit
from annotation.models.assignments import Stage
from annotation.models.members import Role
from core.errors import Invalid
from core.events import record
from core.models import User
from core.policy import require

# What is right for a unit where its draft is wrong; None where the draft is right.
Answers = Callable[[Unit], dict[str, Any] | None]
EXPERT_SKILL = 0.97
# Of what an unskilled moment leaves behind, this share is a damaged text; the rest is the draft as it was.
BREAKS = 0.1
# Of the wrong texts an expert notices, this share goes back to the crowd; the rest the expert corrects.
SENDS_BACK = 0.5


def simulate(
    campaign: Campaign,
    *,
    people: int = 4,
    experts: int = 1,
    skill: float = 0.9,
    seed: int = 1,
    answers: Answers | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    by: User | None = None,
) -> dict[str, Any]:
    """Let simulated people work until the campaign has nothing left for them; returns what they did.

    An annotator writes the right text with probability `skill`. The same seed on the same texts gives the same answers.
    """
    require(policies.manage(by, campaign.dataset))
    _check(campaign, people, experts, skill)
    crowd = [_member(campaign, Role.ANNOTATOR, number + 1, skill) for number in range(people)]
    judges = [_member(campaign, Role.EXPERT, number + 1, EXPERT_SKILL) for number in range(experts)]
    work = _Work(campaign, {Role.ANNOTATOR: skill, Role.EXPERT: EXPERT_SKILL}, seed, answers or (lambda unit: None), on_progress)
    # Experts send back, so the crowd may have work again.
    while work.exhaust(crowd) + work.exhaust(judges):
        pass
    return {"people": people, "experts": experts, "skill": skill, "seed": seed, "simulated": True, **work.counts}


def _check(campaign: Campaign, people: int, experts: int, skill: float) -> None:
    if people < 0 or experts < 0 or not 0 <= skill <= 1:
        raise Invalid("A crowd has no fewer than 0 people, and its skill is between 0 and 1.")
    asked = (campaign.task_type["name"], campaign.verify_type["name"])
    if asked != ("post_edit", "verify"):
        raise Invalid(f"The simulated crowd can post-edit and verify, but this campaign asks {' and '.join(asked)}.")


def _member(campaign: Campaign, role: str, number: int, skill: float) -> Member:
    """The simulated person of that role and number, the same in every dataset, as a member of this one."""
    user, is_new = User.objects.get_or_create(
        username=f"sim-{role}-{number}", defaults={"first_name": f"Simulated {role} {number}"}
    )  # fmt: skip
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    member, is_new = Member.objects.get_or_create(
        dataset=campaign.dataset,
        user=user,
        defaults={"role": role, "languages": campaign.dataset.language_tags, "simulated": True},
    )
    if is_new:
        record("join", member, data={"role": role, "skill": skill, "simulated": True})
    return member


class _Work:
    """One simulation under way: its dice, its counts and who knows what."""

    def __init__(
        self, campaign: Campaign, skills: dict[str, float], seed: int, answers: Answers, told: Callable[[int, int], None] | None
    ) -> None:
        self.campaign, self.skills, self.seed, self.answers, self.told = campaign, skills, seed, answers, told
        self.counts: Counter[str] = Counter(answers=0, accepted=0, edited=0, sent_back=0, skipped=0)

    def exhaust(self, members: list[Member]) -> int:
        """Let people take turns until nobody gets anything more; how many answers they gave."""
        active, before = list(members), self.counts["answers"]
        while active:
            active = [member for member in active if self.step(member)]
        return self.counts["answers"] - before

    def step(self, member: Member) -> bool:
        """One person takes one task and answers it; False when there is none for them."""
        assignment = assignments.claim(self.campaign, by=member.user)
        if assignment is None:
            # Where work is taken in batches, the next one.
            return bool(self.campaign.batch_size and assignments.take_batch(self.campaign, by=member.user))
        judges = assignment.stage != Stage.ANNOTATE
        payload = self._verdict(assignment) if judges else self._text(assignment)
        if payload is None:
            assignments.skip(assignment, "simulated: knows no translation of this", by=member.user)
            self.counts["skipped"] += 1
            return True
        assignments.submit(assignment, payload, by=member.user, key=f"simulated-{assignment.pk}")
        self.counts["answers"] += 1
        self._tell()
        return True

    def _tell(self) -> None:
        if self.told and self.counts["answers"] % 25 == 0:
            tasks = self.campaign.tasks.filter(purpose="work")
            self.told(tasks.exclude(status="open").count(), tasks.count())

    def _dice(self, assignment: Assignment) -> random.Random:
        """Chance of its own for each person, text and round, whatever came before and whatever the ids are."""
        task = assignment.task
        what = (self.seed, assignment.person.username, task.unit.item.kind, task.unit.item.key, task.language, task.round)
        return random.Random(repr(what))

    def _right(self, unit: Unit) -> dict[str, Any] | None:
        """The right text: what we were told, else the machine's draft; None when there is neither."""
        if told := self.answers(unit):
            return told
        text = unit.current
        while text and text.author_id and text.parent:
            text = text.parent
        return text.content if text and text.origin != Translation.Origin.HUMAN else None

    def _text(self, assignment: Assignment) -> dict[str, Any] | None:
        unit, dice = assignment.task.unit, self._dice(assignment)
        knows = dice.random() < self.skills[Role.ANNOTATOR]
        text = self._right(unit) if knows or unit.current is None else unit.current.content
        if not knows and text and dice.random() < BREAKS:
            text = _damaged(text)
        return text and {"content": text}

    def _verdict(self, assignment: Assignment) -> dict[str, Any]:
        unit, dice = assignment.task.unit, self._dice(assignment)
        right = self._right(unit)
        if right is None or unit.current.content == right or dice.random() >= self.skills[Role.EXPERT]:
            self.counts["accepted"] += 1
            return {"decision": "accept", "rating": dice.choice((4, 5))}
        if dice.random() < SENDS_BACK and assignment.task.round < self.campaign.max_rounds:
            self.counts["sent_back"] += 1
            return {"decision": "redo", "reason": "simulated: it does not say what the source says"}
        self.counts["edited"] += 1
        return {"decision": "accept", "rating": dice.choice((2, 3)), "content": right}


def _damaged(content: dict[str, Any]) -> dict[str, Any]:
    """The content with its first text cut in half, where something is left of it then."""
    for name, value in content.items():
        if isinstance(value, str) and (half := value[: len(value) // 2]).strip():
            return content | {name: half}
    return content
