"""How a model's answers agree with people's, by language and question, beside how people agree with each other."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from annotation.agreement import NAMES, Agreement, agreement
from annotation.agreement.alternative import Alternative, alternative
from annotation.agreement.reading import votes
from annotation.models import Campaign
from annotation.records import Answer
from annotation.task_types import task_types
from pipelines.models import MachineSubmission

MEASURES = frozenset({"raw", "cohen", "alpha", "alpha_u", "f1", "identical", "chrf"})
EPSILON = {"expert": 0.2, "annotator": 0.1}
"""By whom a campaign asks: experts cost more than a crowd, so a model may fall further short of them."""
MODEL = "the model"
HEADER = (
    "campaign", "annotator", "recorded", "language", "question", "scale", "tasks", "people", "between", "measure", "value", "low", "high",
    "reason",
)  # fmt: skip
Labels = dict[tuple[str, str, str], dict[int, str]]


@dataclass(frozen=True)
class Beside:
    """One model and people on one question in one language; ``question`` is empty where the task type asks one."""

    annotator: str
    recorded: bool
    language: str
    question: str
    scale: str
    answered: int
    """Tasks that the model answered."""
    tasks: int
    """Those that people answered too."""
    people: int
    with_people: Agreement
    """Of each answer of a person with the model's to the same task; intervals resample such pairs."""
    among_people: Agreement
    """Of people with each other, on the same tasks."""
    test: Alternative

    @property
    def rows(self) -> list[tuple[str, Any, Any]]:
        """(name, with people, among people) of each measure."""
        theirs = self.among_people.measures
        return [(NAMES[name], one, theirs.get(name)) for name, one in self.with_people.measures.items()]

    def records(self, campaign: Campaign) -> Iterator[dict[str, Any]]:
        """One flat record for each figure, for files and programs."""
        common = {"campaign": campaign.slug, "annotator": self.annotator, "recorded": self.recorded, "language": self.language}
        common |= {"question": self.question, "scale": self.scale, "tasks": self.tasks, "people": self.people}
        for between, found in (("model and people", self.with_people), ("people", self.among_people)):
            for name, one in found.measures.items():
                yield common | {"between": between, "measure": name} | asdict(one)
        blank = {"low": None, "high": None, "reason": self.test.reason}
        figures = {"winning_rate": self.test.winning_rate, "advantage": self.test.advantage, "epsilon": self.test.epsilon}
        for name, value in figures.items():
            yield common | {"between": "alternative annotator test", "measure": name, "value": value} | blank


def of_campaign(campaign: Campaign) -> list[Beside]:
    """By model, language and question, of every model that has answered; people's answers are counted as among themselves."""
    labels, recorded = _labels(campaign)
    given = {(tag, question): cast for tag, question, cast in votes(campaign)}
    task_type = task_types.build(campaign.task_type)
    epsilon = EPSILON.get(campaign.audience.get("role", ""), EPSILON["annotator"])
    found = []
    for (annotator, tag, question), mine in sorted(labels.items()):
        theirs, scale = [one for one in given.get((tag, question), []) if one.task in mine], task_type.scale_of(question)
        found.append(
            Beside(
                annotator=annotator,
                recorded=annotator in recorded,
                language=tag,
                question=question,
                scale=scale,
                answered=len(mine),
                tasks=len({one.task for one in theirs}),
                people=len({one.worker for one in theirs}),
                with_people=agreement(_pairs(theirs, mine), scale, only=MEASURES),
                among_people=agreement(theirs, scale, only=MEASURES),
                test=alternative(theirs, mine, scale, epsilon=epsilon),
            )
        )
    return found


def _labels(campaign: Campaign) -> tuple[Labels, set[str]]:
    """Model, language and question to the label of each task, by the newest guideline it answered; and the models that were recordings."""
    asked = task_types.build(campaign.task_type)
    rows = MachineSubmission.objects.filter(campaign=campaign).order_by("pk")
    labels: Labels = defaultdict(dict)
    recorded = set()
    for annotator, tag, task, payload, played in rows.values_list("annotator", "task__language", "task", "payload", "recorded"):
        recorded |= {annotator} if played else set()
        for question, label in asked.compared(asked.Payload.model_validate(payload)).items():
            labels[annotator, tag, question][task] = label
    return labels, recorded


def _pairs(people: list[Answer], model: dict[int, str]) -> Iterator[Answer]:
    """Each answer of a person with the model's to the same task, as a task of two: people are not set beside each other."""
    for pair, one in enumerate(people):
        yield Answer(pair, one.worker, one.label)
        yield Answer(pair, MODEL, model[one.task])
