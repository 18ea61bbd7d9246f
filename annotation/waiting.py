"""What is free for a person: the rules by which the queue's statement gives work, as a query that counts it."""

from collections.abc import Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotation.models import Assignment, Campaign, Member, Reference, Task
from annotation.models.assignments import Stage
from annotation.policies import stages
from core.models import User


def free(person: User, campaigns: Mapping[Campaign, Member]) -> QuerySet[Task]:
    """The tasks of these campaigns, each with the person's membership of its dataset, that have a slot for the person."""
    fits = Q(pk__in=[])
    for campaign, found in campaigns.items():
        fits |= Q(campaign=campaign, language__in=found.languages, stage__in=stages(found.role, campaign))
    mine = Assignment.objects.filter(person=person)
    had = mine.filter(task=OuterRef("pk")).exclude(status__in=["expired", "released"])
    answered = mine.filter(task__unit=OuterRef("unit"), status="submitted")
    wrote = answered.filter(campaign=OuterRef("campaign"), stage=Stage.ANNOTATE)
    elsewhere = Exists(answered.exclude(campaign=OuterRef("campaign"))) | Exists(_of_a_part(person))
    others = [one.pk for one in campaigns if one.audience.get("others")]
    found = Task.objects.filter(fits, ~Exists(had), status=Task.Status.OPEN, open__gt=0)
    found = found.filter(Q(stage=Stage.ANNOTATE) | ~Exists(wrote))
    return found.filter(~Q(campaign__in=others) | ~elsewhere) if others else found


def _of_a_part(person: User) -> QuerySet[Reference]:
    """The texts that the outer task's record points at and the person has written or judged in another campaign."""
    at = "target__units__tasks__"
    other = Q(**{f"{at}campaign__lt": OuterRef("campaign")}) | Q(**{f"{at}campaign__gt": OuterRef("campaign")})
    done = {f"{at}assignments__person": person, f"{at}assignments__status": "submitted"}
    return Reference.objects.filter(other, item=OuterRef("unit__item"), target__units__language=OuterRef("language"), **done)
