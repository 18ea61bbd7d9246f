"""A simulation under way: simulated people take turns at the campaigns' work until there is none for them."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db.models import QuerySet

from annotation.actions import assignments
from annotation.candidates import candidates
from annotation.models import Assignment, Campaign, Member, Task, Translation, Unit
from annotation.models.assignments import Stage
from annotation.models.members import Role
from annotation.questions import question
from annotation.task_types import task_types
from core.errors import Invalid, Refused
from pipelines.crowd_answers import Moment, Payload, answer, corrected

# What is right for a unit where its draft is wrong; None where the draft is right.
Answers = Callable[[Unit], Payload | None]
Told = Callable[[int, int], None]
EXPERT_SKILL = 0.97


@dataclass(frozen=True)
class Crowd:
    """How many simulated people there are, how often the annotators are right, and the seed of all chance.

    ``faulty`` is the share of the drafts that count as wrong where nobody says which ones are.
    """

    people: int = 4
    experts: int = 1
    skill: float = 0.9
    seed: int = 1
    faulty: float = 0.1

    def __post_init__(self) -> None:
        if self.people < 0 or self.experts < 0 or not 0 <= self.skill <= 1 or not 0 <= self.faulty <= 1:
            raise Invalid("A crowd has no fewer than 0 people, and its skill and the share of faulty drafts are between 0 and 1.")

    @property
    def skills(self) -> dict[str, float]:
        """How often somebody of each role is right."""
        return {Role.ANNOTATOR: self.skill, Role.EXPERT: EXPERT_SKILL}

    @property
    def sizes(self) -> dict[str, int]:
        """How many there are of each role."""
        return {Role.ANNOTATOR: self.people, Role.EXPERT: self.experts}


class Work:
    """One simulation under way: its people, its dice, its counts and who knows what."""

    def __init__(
        self, groups: list[list[Member]], live: list[Campaign], crowd: Crowd, answers: Answers | None, told: Told | None
    ) -> None:
        self.groups, self.crowd, self.answers, self.told = groups, crowd, answers, told
        self.tasks = Task.objects.filter(campaign__in=live, purpose=Task.Purpose.WORK)
        self.counts: dict[int, Counter[str]] = {
            one.pk: Counter(answers=0, accepted=0, edited=0, sent_back=0, skipped=0) for one in live
        }

    @property
    def said(self) -> dict[str, Any]:
        """Who worked."""
        return asdict(self.crowd) | {"simulated": True}

    def done(self, campaign: Campaign) -> dict[str, int]:
        """What they did in a campaign, how many tasks of it are asked for again, and what they left."""
        again = self.tasks.filter(campaign=campaign, status=Task.Status.REDO).count()
        return {**self.counts[campaign.pk], "redo": again, "left": self._open(campaign).count()}

    def exhaust(self, campaign: Campaign) -> int:
        """Let people take turns until the campaign has nothing more for anybody; how many answers they gave."""
        counts = self.counts[campaign.pk]
        start, before = counts["answers"], -1
        # Experts send back, so the crowd may have work again.
        while counts["answers"] > before and self._open(campaign).exists():
            before = counts["answers"]
            for group in self.groups:
                active = list(group)
                while active:
                    active = [member for member in active if self.step(campaign, member)]
        return counts["answers"] - start

    def _open(self, campaign: Campaign) -> QuerySet[Task]:
        return self.tasks.filter(campaign=campaign, status=Task.Status.OPEN)

    def step(self, campaign: Campaign, member: Member) -> bool:
        """One person takes one task and answers it; False when there is none for them."""
        try:
            assignment = assignments.claim(campaign, by=member.user)
            if assignment is None:
                # Where work is taken in batches, the next one.
                return bool(campaign.batch_size and assignments.take_batch(campaign, by=member.user))
        except Refused:  # the test was not passed, or too much gold was wrong, or somebody paused the campaign
            return False
        self._answer(assignment, member, self.counts[campaign.pk])
        return True

    def _answer(self, assignment: Assignment, member: Member, counts: Counter[str]) -> None:
        payload = self._payload(assignment, member)
        if payload is None:
            assignments.skip(assignment, "simulated: knows no answer to this", by=member.user)
            counts["skipped"] += 1
            return
        assignments.submit(assignment, payload, by=member.user, key=f"simulated-{assignment.pk}")
        counts["answers"] += 1
        if decision := payload.get("decision"):
            counts["sent_back" if decision == "redo" else "edited" if payload.get("content") else "accepted"] += 1
        if self.told and sum(one["answers"] for one in self.counts.values()) % 25 == 0:
            self.told(self.tasks.exclude(status=Task.Status.OPEN).count(), self.tasks.count())

    def _payload(self, assignment: Assignment, member: Member) -> Payload | None:
        task, skill, dice = assignment.task, self.crowd.skills[member.role], self._dice(assignment, member)
        if task.purpose != Task.Purpose.WORK:  # the skilled answer is known, and nobody is asked twice
            if dice.random() < skill:
                return task.gold.accepted[0]
            skill = 0.0
        asked = assignments.task_type(assignment)
        moment = Moment(
            asked=asked,
            question=question(task, with_context=asked.located()),
            right=self._right(task.unit),
            skill=skill,
            dice=dice,
            judges=assignment.stage != Stage.ANNOTATE,
            may_send_back=task.round < assignment.campaign.max_rounds,
        )
        if assignment.stage == Stage.ADJUDICATE:
            there = {one.letter: one.submission.payload for one in candidates(task)}
            moment = replace(moment, disputed=task_types.build(assignment.campaign.task_type), answers=there)
        return answer(moment)

    def _dice(self, assignment: Assignment, member: Member) -> random.Random:
        """Chance of its own for each person, text, campaign and round, whatever came before and whatever the ids are."""
        task, item = assignment.task, assignment.task.unit.item
        what = (self.crowd.seed, member.user.username, assignment.campaign.slug, item.kind, item.key, task.language, task.round)
        return random.Random(repr(what))

    def _right(self, unit: Unit) -> Payload | None:
        """The right text: what we were told, else the machine's draft, or a correction where that counts as faulty."""
        if unit.status == Unit.Status.COMPOSED:
            return None
        if self.answers and (told := self.answers(unit)):
            return told
        text = unit.current
        while text and text.author_id and text.parent:
            text = text.parent
        if text is None or text.origin == Translation.Origin.HUMAN:
            return None
        what = (self.crowd.seed, "faulty", unit.item.kind, unit.item.key, unit.language)
        faulty = self.answers is None and random.Random(repr(what)).random() < self.crowd.faulty
        return corrected(text.content) if faulty else text.content
