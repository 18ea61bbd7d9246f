"""What task types share that ask questions: the payload, and how it is checked, compared and exported question by question."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from annotation.asks import Ask, asked_now, problems
from annotation.records import Question
from annotation.task_types import Scale, TaskType
from core.hashing import canonical, digest


class Payload(BaseModel):
    """The answer to each question, by name, and a word about them."""

    model_config = ConfigDict(extra="forbid")

    answers: dict[str, Any]
    comment: str = ""


class TextPayload(Payload):
    """Besides the answers a whole text, field by field."""

    answers: dict[str, Any] = {}
    content: dict[str, Any]


class EditPayload(Payload):
    """Besides the answers the whole new text, where it was changed."""

    answers: dict[str, Any] = {}
    content: dict[str, Any] | None = None


class Asking(TaskType):
    """A task type that is its questions: each says itself how it is answered."""

    Payload: ClassVar[type[BaseModel]] = Payload
    template: ClassVar[str] = "frontend/work/asks.html"

    def problems(self, answer: Any, question: Question) -> dict[str, str]:
        content = getattr(answer, "content", None)
        found = {} if content is None else question.kind.translation_problems(question.source, content)
        return found | problems(answer.answers, self.asks(question), question)

    def label_of(self, answer: Any) -> str:
        """The only answer itself, or all of them, and the text's digest, as canonical JSON."""
        labels = {ask.name: ask.label_of(value) for ask, value in self.answered(answer)}
        if (content := getattr(answer, "content", None)) is not None:
            labels |= {"content": digest(content)}
        return next(iter(labels.values())) if len(labels) == 1 else canonical(labels).decode()

    def compared(self, answer: Any) -> dict[str, str]:
        """Each question for itself, and each part of it."""
        return {
            ask.name + (f": {part}" if part else ""): label
            for ask, value in self.answered(answer)
            for part, label in ask.compared(value).items()
        }

    def scale_of(self, name: str) -> Scale:
        return self._ask(name).scale

    def concludes(self, name: str) -> str:
        return self._ask(name).aggregator

    def value_of(self, answer: Any, name: str) -> Any:
        ask, part = self._ask(name), name.partition(": ")[2]
        return ask.value_of(answer.answers[ask.name], part)

    def correct(self, answer: Any, expected: Any) -> float:
        """The mean over the questions; one that only one of both answers counts as wrong."""
        mine, right = dict(answer.answers), dict(expected.answers)
        known = {ask.name: ask for ask in self.asks()}
        scores = [
            known[name].alike(mine[name], right[name]) if name in mine and name in right else 0.0
            for name in sorted({*mine, *right} & set(known))
        ]
        return sum(scores) / len(scores) if scores else 1.0

    def exported(self, answer: Any) -> dict[str, Any]:
        return {
            ask.name + (f".{part}" if part else ""): cell
            for ask, value in self.answered(answer)
            for part, cell in ask.exported(value).items()
        } | ({"comment": answer.comment} if answer.comment else {})

    def text(self, answer: Any) -> dict[str, Any] | None:
        return getattr(answer, "content", None)

    def answered(self, answer: Any) -> list[tuple[Ask, Any]]:
        """Each question that was asked and answered, in order, with its answer."""
        now = asked_now(self.asks(), answer.answers)
        return [(ask, answer.answers[ask.name]) for ask in now if ask.name in answer.answers]

    def _ask(self, name: str) -> Ask:
        """The question that a name of `compared` is about."""
        plain = name.partition(": ")[0]
        return next(ask for ask in self.asks() if ask.name == plain)
