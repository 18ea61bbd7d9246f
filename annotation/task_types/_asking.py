"""What task types share that ask questions: the payload, and how it is checked, compared and exported question by question."""

from collections.abc import Mapping
from functools import cached_property
from random import Random
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from annotation.asks import Ask, asked_now, problems
from annotation.asks._options import Choosing
from annotation.asks.entity import Entity
from annotation.records import Question, Shown
from annotation.schema import Kind
from annotation.task_types import Scale, TaskType, flat
from annotation.task_types._written import likeness, text_of, written
from core.hashing import canonical, digest
from core.told import told

CONTENT = "content"


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

    @cached_property
    def plain(self) -> tuple[Ask, ...]:
        """Its questions as far as they can be said without a record: many answers are read by them, so they are made once."""
        return self.asks()

    @property
    def metric(self) -> str:  # type: ignore[override]
        return next((ask.metric for ask in self.plain), "")

    def fields(self, question: Question) -> tuple[Shown, ...]:
        """Its texts: in both languages where they are translated."""
        kind = question.kind
        shown = [name for name, field in kind.fields.items() if field.type in ("text", "list", "table")]
        return tuple(Shown(name, ("source", "target") if kind.fields[name].translate else ("source",)) for name in shown)

    def misfits(self, kinds: Mapping[str, Kind], asked: tuple[str, ...]) -> dict[str, str]:
        """Every place it asks about must be one of each kind that is asked about, and every choice have something to choose among."""
        found: dict[str, str] = {}
        for name in asked:
            kind = kinds[name]
            bare = Question(kind, name, dict.fromkeys(kind.fields, ""), None, "und", "und")
            for at, ask in enumerate(self.asks(bare)):
                if isinstance(ask, Choosing) and not ask.options and not ask.of:
                    found.setdefault(f"questions.{at}", told("has nothing to choose among in {kind}", kind=name))
                fields = [place.split(".")[1] for place in places(ask) if not place.startswith("answers.")]
                if unknown := [field for field in fields if field not in kind.fields]:
                    found.setdefault(f"questions.{at}", no_field(unknown[0], name, kind))
        return found

    def located(self) -> bool:
        return any(one.startswith("references.") for ask in self.plain for one in places(ask))

    def problems(self, answer: Any, question: Question) -> dict[str, str]:
        content = getattr(answer, CONTENT, None)
        found = {} if content is None else question.kind.translation_problems(question.source, content)
        return found | problems(answer.answers, self.asks(question), question)

    def label_of(self, answer: Any) -> str:
        """The only answer itself, or all of them, and the text's digest, as canonical JSON."""
        labels = {ask.name: ask.label_of(value) for ask, value in self.answered(answer)}
        if (content := getattr(answer, CONTENT, None)) is not None:
            labels |= {CONTENT: digest(content)}
        return next(iter(labels.values())) if len(labels) == 1 else canonical(labels).decode()

    def compared(self, answer: Any) -> dict[str, str]:
        """Each question for itself, and each part of it; and the text."""
        said = {
            ask.name + (f": {part}" if part else ""): label
            for ask, value in self.answered(answer)
            for part, label in ask.compared(value).items()
        }
        content = getattr(answer, CONTENT, None)
        return said if content is None else said | {CONTENT: text_of(content)}

    def scale_of(self, name: str) -> Scale:
        return "text" if name == CONTENT else self._ask(name).scale

    def concludes(self, name: str) -> str:
        return "text_centroid" if name == CONTENT else self._ask(name).aggregator

    def value_of(self, answer: Any, name: str) -> Any:
        if name == CONTENT:
            return answer.content
        ask, part = self._ask(name), name.partition(": ")[2]
        return ask.value_of(answer.answers[ask.name], part)

    def correct(self, answer: Any, expected: Any) -> float:
        """The mean over the questions, and the text; one that only one of both answers counts as wrong."""
        mine, right = ({ask.name: value for ask, value in self.answered(one)} for one in (answer, expected))
        known = {ask.name: ask for ask in self.plain}
        scores = [
            known[name].alike(mine[name], right[name]) if name in mine and name in right else 0.0
            for name in sorted({*mine, *right} & set(known))
        ]
        contents = [getattr(one, CONTENT, None) for one in (answer, expected)]
        if any(contents):
            scores.append(likeness(*contents) if all(contents) else 0.0)
        return sum(scores) / len(scores) if scores else 1.0

    def exported(self, answer: Any) -> dict[str, Any]:
        said = {
            ask.name + (f".{part}" if part else ""): cell
            for ask, value in self.answered(answer)
            for part, cell in ask.exported(value).items()
        }
        content = getattr(answer, CONTENT, None)
        written = {} if content is None else flat(content, CONTENT)
        return said | written | ({"comment": answer.comment} if answer.comment else {})

    def text(self, answer: Any) -> dict[str, Any] | None:
        return getattr(answer, CONTENT, None)

    def points_at(self, answer: Any) -> dict[str, tuple[str, str]]:
        said = [(ask, ask.points_at(value)) for ask, value in self.answered(answer) if isinstance(ask, Entity)]
        return {f"answers.{ask.name}": (ask.kind, key) for ask, key in said if key is not None}

    def sample(self, question: Question, dice: Random) -> dict[str, Any] | None:
        """An answer to each question that comes to be asked; a text as it is."""
        said: dict[str, Any] = {}
        for ask in self.asks(question):
            if ask in asked_now(self.asks(question), said):
                value = ask.sample(question, dice, said)
                if value is None and ask.required:
                    return None
                said |= {} if value is None else {ask.name: value}
        needs_text = CONTENT in self.Payload.model_fields and self.Payload.model_fields[CONTENT].is_required()
        return {"answers": said} | ({CONTENT: written(question)} if needs_text else {})

    def answered(self, answer: Any) -> list[tuple[Ask, Any]]:
        """Each question that was asked and answered, in order, with its answer; what was left blank is no answer."""
        now = ((ask, answer.answers.get(ask.name)) for ask in asked_now(self.plain, answer.answers))
        return [(ask, value) for ask, value in now if value is not None and not ask.blank(value)]

    def _ask(self, name: str) -> Ask:
        """The question that a name of `compared` is about."""
        asked = name.partition(": ")[0]
        return next(ask for ask in self.plain if ask.name == asked)


def no_field(field: str, name: str, kind: Kind) -> str:
    """Why a kind of that name cannot be asked about a field."""
    return told("{field!r} is no field of {kind}, which has {fields}", field=field, kind=name, fields=", ".join(kind.fields))


def places(ask: Ask) -> list[str]:
    """Every text and table of the record a question is about."""
    given = [getattr(ask, name) for name in ("of", "over", "among", "between", "outline") if name in type(ask).model_fields]
    return [one for places in given for one in ([places] if isinstance(places, str) else places) if one]
