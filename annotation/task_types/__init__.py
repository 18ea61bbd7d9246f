"""What a person can be asked: one file a task type. The contract is `TaskType`; `task_types` is the registry."""

from collections.abc import Mapping
from random import Random
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ValidationError

from annotation.asks import Ask
from annotation.asks._ask import Scale
from annotation.records import Question, Shown
from annotation.schema import Kind
from core.errors import Invalid
from core.plugins import Plugin, Registry
from core.told import listed
from core.wrong import places

Outcome = Literal["adopt", "accept", "redo", "reject"]


class TaskType(Plugin):
    """One question. ``Payload`` is the shape of an answer; the methods read an answer and never change it."""

    Payload: ClassVar[type[BaseModel]]
    stages: ClassVar[tuple[str, ...]] = ("annotate",)
    template: ClassVar[str]
    """The partial that draws its form, below frontend/templates."""
    scale: ClassVar[Scale] = "nominal"
    """What its labels are, and so which measures of agreement mean something: numbers if ordinal or interval."""

    aggregator: ClassVar[str] = "majority"
    """What a campaign settles by that does not say."""

    metric: ClassVar[str] = "accuracy"
    """The metric that scores a baseline's answer beside the label people agreed on; empty where none can."""

    right_from: ClassVar[float] = 1.0
    """The score from which an answer to a gold task counts as right."""

    shows_draft: ClassVar[bool] = True
    """Whether people see the present text; without it they write as if there were none."""

    writes_items: ClassVar[bool] = False
    """Whether an accepted answer becomes a record of its own; see `makes`."""

    example_kind: ClassVar[dict[str, Any]] = {"fields": {"text": {"type": "text", "translate": True}}}
    example_source: ClassVar[dict[str, Any]] = {"text": "The river froze before dawn."}
    example_target: ClassVar[dict[str, Any] | None] = {"text": "El río se heló antes del amanecer."}
    """A record it can be asked about, in English and Spanish: for the gallery and the contract tests."""

    def parse(self, payload: Any, question: Question) -> BaseModel:
        """The answer, typed; raises `Invalid` with field and reason when it is no answer to this question."""
        try:
            answer = self.Payload.model_validate(payload)
        except ValidationError as error:
            errors = places(error)
            raise Invalid(listed(errors, of=": "), errors) from error
        if problems := self.problems(answer, question):
            raise Invalid(listed(problems), problems)
        return answer

    def problems(self, answer: BaseModel, question: Question) -> dict[str, str]:
        """Field to what is wrong, beyond what the types say; empty when nothing is."""
        return {}

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        """Its questions besides a text to write, in order; without a `question` as far as they can be said without one."""
        return ()

    def fields(self, question: Question) -> tuple[Shown, ...]:
        """What of the record is shown, in order: its texts, in both languages."""
        return tuple(Shown(name) for name in question.kind.translatable)

    def conceals(self, kind: Kind) -> frozenset[str]:
        """The fields nobody who is asked may see: the right answer, unless it is a text that is translated."""
        return frozenset({kind.answer} - {None, *kind.translatable})

    def located(self) -> bool:
        """Whether an answer can only be checked with what the record points at, as cells of a table can."""
        return False

    def document_field(self, kind: Kind) -> str | None:
        """The field whose value all records of one document share, where people see the ones before and after; None where they do not."""
        return None

    def misfits(self, kinds: Mapping[str, Kind], asked: tuple[str, ...]) -> dict[str, str]:
        """Parameter to why it cannot be asked in a dataset of these kinds, about records of the `asked` ones."""
        return {}

    def sample(self, question: Question, dice: Random) -> dict[str, Any] | None:
        """Some payload that is an answer here; None where nobody knows one."""
        return None

    def points_at(self, answer: BaseModel) -> dict[str, tuple[str, str]]:
        """Field of the form to the kind and key of the item that the answer says is there."""
        return {}

    def makes(self, answer: BaseModel, kinds: Mapping[str, Kind], own: str) -> tuple[str, dict[str, Any]] | None:
        """Kind and content of the record that was written, `own` being the kind of the task's item; None where none was."""
        return None

    def label_of(self, answer: BaseModel) -> str:
        """The answer as one comparable value: what aggregators count and agreement compares."""
        raise NotImplementedError(f"{self.name} gives no label")

    def compared(self, answer: BaseModel) -> dict[str, str]:
        """What agreement compares, by name: the label as the only one, or the answers to several questions each for itself."""
        return {"": self.label_of(answer)}

    def scale_of(self, name: str) -> Scale:
        """The scale of the labels that `compared` has under this name."""
        return self.scale

    def concludes(self, name: str) -> str:
        """The aggregator that concludes the question that `compared` has under this name, unless somebody chooses another."""
        return self.aggregator

    def value_of(self, answer: BaseModel, name: str) -> Any:
        """What an aggregator works with where the label that `compared` has under this name cannot be worked with."""
        return self.text(answer)

    def exported(self, answer: BaseModel) -> dict[str, Any]:
        """The answer as columns of a table: plain values by name."""
        return flat(answer.model_dump(exclude_none=True))

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


def flat(value: Any, name: str = "") -> dict[str, Any]:
    """Nested values as plain ones, each by its path."""
    if not isinstance(value, dict | list):
        return {name: value}
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    return {k: v for key, part in parts for k, v in flat(part, f"{name}.{key}" if name else str(key)).items()}


task_types: Registry[TaskType] = Registry("task_type", "annotation.task_types", TaskType)
