"""What a person can be asked: one file a task type. The contract is `TaskType`; `task_types` is the registry."""

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ValidationError

from annotation.records import Choice, Question
from core.errors import Invalid
from core.plugins import Plugin, Registry

Outcome = Literal["adopt", "accept", "redo", "reject"]
Scale = Literal["nominal", "ordinal", "interval", "spans", "text"]


class TaskType(Plugin):
    """One question. ``Payload`` is the shape of an answer; the methods read an answer and never change it."""

    Payload: ClassVar[type[BaseModel]]
    stages: ClassVar[tuple[str, ...]] = ("annotate",)
    template: ClassVar[str]
    """The partial that draws its form, below frontend/templates."""
    scale: ClassVar[Scale] = "nominal"
    """What its labels are, and so which measures of agreement mean something: numbers if ordinal or interval."""

    right_from: ClassVar[float] = 1.0
    """The score from which an answer to a gold task counts as right."""

    def parse(self, payload: Any, question: Question) -> BaseModel:
        """The answer, typed; raises `Invalid` with field and reason when it is no answer to this question."""
        try:
            answer = self.Payload.model_validate(payload)
        except ValidationError as error:
            errors = {".".join(map(str, e["loc"])): e["msg"] for e in error.errors()}
            raise Invalid("; ".join(f"{k}: {v}" for k, v in errors.items()), errors) from error
        if problems := self.problems(answer, question):
            raise Invalid("; ".join(f"{k} {v}" for k, v in problems.items()), problems)
        return answer

    def problems(self, answer: BaseModel, question: Question) -> dict[str, str]:
        """Field to what is wrong, beyond what the types say; empty when nothing is."""
        return {}

    def choices(self, question: Question) -> list[Choice]:
        """The questions that are answered by choosing an option; the answer holds the values under ``answers`` by name."""
        return []

    def label_of(self, answer: BaseModel) -> str:
        """The answer as one comparable value: what aggregators count and agreement compares."""
        raise NotImplementedError(f"{self.name} gives no label")

    def compared(self, answer: BaseModel) -> dict[str, str]:
        """What agreement compares, by name: the label as the only one, or the answers to several questions each for itself."""
        return {"": self.label_of(answer)}

    def correct(self, answer: BaseModel, expected: BaseModel) -> float:
        """How right an answer is beside one that is known to be right, 0 to 1."""
        return float(self.label_of(answer) == self.label_of(expected))

    def text(self, answer: BaseModel) -> dict[str, Any] | None:
        """The translation the answer proposes, or None when it proposes none."""
        return None

    def outcome(self, answer: BaseModel) -> Outcome:
        """What the answer wants done with the unit."""
        return "adopt"

    def reason(self, answer: BaseModel) -> str:
        """Why it is sent back or rejected; empty otherwise."""
        return ""


task_types: Registry[TaskType] = Registry("task_type", "annotation.task_types", TaskType)
