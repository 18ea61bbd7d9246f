"""A task's questions as they stand on the page: what each asks, what was answered so far, and what of the record is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from annotation.asks import Ask, asked_now
from annotation.asks._ask import table_at, texts_at
from annotation.asks.cells import Cells
from annotation.asks.label import Label
from annotation.asks.labels import Labels
from annotation.asks.spans import UNIT, Spans
from annotation.records import Question
from annotation.task_types import TaskType
from core.hashing import canonical
from core.languages import Language, language
from frontend.pages.editor import Neighbour, wanted

Content = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One field of the record as it is shown: its value in each language it is shown in."""

    name: str
    title: str
    form: str
    sides: dict[str, Any]


@dataclass(frozen=True)
class Group:
    """Options of one kind: each with its value, its words and the digit that chooses it."""

    title: str
    options: list[tuple[str, str, int]]


@dataclass(frozen=True)
class Marked:
    """One text that places are marked in: where it stands, itself, its language, and its field."""

    place: str
    text: str
    tag: str
    field: str


@dataclass(frozen=True)
class Drawn:
    """One question as it stands on the page. Its ``own`` stands in an adjudicator's own answer, which need not be given."""

    ask: Ask
    asked: Question
    answers: Content
    error: str
    seed: Any
    own: bool
    now: bool = True
    """Whether its condition holds with the answers so far."""

    @property
    def name(self) -> str:
        return ("own." if self.own else "") + f"answers.{self.ask.name}"

    @property
    def template(self) -> str:
        return f"frontend/work/asks/{self.ask.type}.html"

    @property
    def value(self) -> Any:
        return self.answers.get(self.ask.name)

    @property
    def as_json(self) -> str:
        """The answer as a hidden field holds it; what is no answer as it was sent."""
        value = self.value
        if value is None and isinstance(self.ask, Spans):
            # Who has read the texts and marks nothing has said that there is nothing.
            texts = self.ask.texts(self.asked).items()
            value = {"unit": UNIT, "texts": {place: {"length": len(text), "spans": []} for place, text in texts}}
        if value is None:
            return ""
        return value if isinstance(value, str) else canonical(value).decode()

    @property
    def when(self) -> str:
        """The condition, for the script."""
        return canonical(self.ask.when).decode() if self.ask.when else ""

    @property
    def groups(self) -> list[Group]:
        """The options under what they are kinds of, numbered through."""
        among = self.ask.among(self.asked)
        written = {one.value: one for one in self.ask.options}
        under: dict[str, list[tuple[str, str, int]]] = {}
        for number, (value, said) in enumerate(among.items(), 1):
            parent = written[value].under if value in written else ""
            under.setdefault(_path(parent, written), []).append((value, said, number))
        return [Group(title, options) for title, options in under.items()]

    @property
    def long(self) -> bool:
        """Whether the options stand below each other: where they are many, long, or a tree."""
        groups = self.groups
        said = [words for group in groups for _value, words, _number in group.options]
        return len(groups) > 1 or len(said) > 9 or any(len(words) > 40 for words in said)

    @property
    def chosen(self) -> Any:
        """What was chosen; weights as the options of their boxes are written."""
        if getattr(self.ask, "weighted", False) and isinstance(self.value, dict):
            return {name: f"{weight:g}" if isinstance(weight, int | float) else weight for name, weight in self.value.items()}
        return self.value or {}

    @property
    def weights(self) -> list[tuple[str, str]]:
        """What a weight may be: none, and twentieths of 1."""
        return [("", "–"), *((f"{step / 20:g}", f"{step / 20:g}") for step in range(20, 0, -1))]

    @property
    def middle(self) -> int:
        return (self.ask.low + self.ask.high) // 2

    @property
    def arranged(self) -> list[tuple[str, str]]:
        return self.ask.arranged(self.asked, self.seed)

    @property
    def order(self) -> str:
        return ",".join(name for name, _text in self.arranged)

    @property
    def ranks(self) -> range:
        return range(1, len(self.arranged) + 1)

    @property
    def turns(self) -> list[tuple[str, str]]:
        """Each entry of the outline with what was written for it."""
        outline = texts_at(self.asked, self.ask.outline) or []
        written = self.value if isinstance(self.value, list) else []
        return list(zip_longest(outline, written[: len(outline)], fillvalue=""))

    @property
    def marked(self) -> list[list[Marked]]:
        """The texts places are marked in; those of both languages that are the same field stand beside each other."""
        rows: dict[str, list[Marked]] = {}
        for place, text in self.ask.texts(self.asked).items():
            side, _dot, path = place.partition(".")
            rows.setdefault(path, []).append(Marked(place, text, self.tag_of(place), path.partition(".")[0]))
        return [sorted(row, key=lambda one: one.place.startswith("target")) for row in rows.values()]

    @property
    def followed(self) -> list[str]:
        """The places that are answers to other questions: their texts are typed on the same screen."""
        return [place for place in self.ask.over if place.startswith("answers.")]

    @property
    def table(self) -> list[list[str]]:
        return table_at(self.asked, self.ask.of) or []

    @property
    def tag(self) -> str:
        """The language of the texts it draws."""
        place = getattr(self.ask, "of", "") or next(iter(getattr(self.ask, "between", ()) or getattr(self.ask, "among", ())), "")
        return self.tag_of(str(place))

    @property
    def outline_tag(self) -> str:
        return self.tag_of(self.ask.outline)

    def tag_of(self, place: str) -> str:
        """The language of the text at a place."""
        side, name = place.split(".")[:2] if "." in place else (place, "")
        referred = self.asked.context.get("references", {}).get(name, {})
        untranslated = side == "references" and not referred.get("translation")
        return self.asked.source_language if side == "source" or untranslated else self.asked.target_language

    @property
    def language(self) -> Language | None:
        """The language its text is to be written in; None for any."""
        return self.written_in(self.ask)

    def written_in(self, ask: Ask) -> Language | None:
        """The language a question, or a column of one, is answered in; None for any."""
        wanted = getattr(ask, "language", "target")
        tags = {"source": self.asked.source_language, "target": self.asked.target_language}
        return language(tags[wanted]) if wanted in tags else None


def _path(value: str, written: dict[str, Any]) -> str:
    """The words of an option and of what it is a kind of, from the top."""
    words: list[str] = []
    while value in written and len(words) < 10:
        words.insert(0, written[value].text)
        value = written[value].under
    return " › ".join(words)


def drawn(
    asked: Question, task_type: TaskType, answers: Content, errors: Mapping[str, str], *, seed: Any, own: bool = False
) -> list[Drawn]:  # fmt: skip
    """Each question with the answer so far and what is wrong with it; what is shown in no fixed order is so by `seed`."""
    asks = task_type.asks(asked)
    now = {ask.name for ask in asked_now(asks, answers)}
    return [
        Drawn(ask, asked, answers, errors.get(f"answers.{ask.name}", ""), seed, own, ask.name in now) for ask in asks
    ]


def fields(asked: Question, task_type: TaskType) -> list[Field]:
    """What of the record is shown beside the questions: what is neither written anew nor drawn by a question itself."""
    # A question that is not asked yet draws nothing yet, and people cannot say whether there is an error in what they do not see.
    drawing = (ask for ask in task_type.asks(asked) if isinstance(ask, Spans | Cells) and not ask.when)
    drawn_there = {place for ask in drawing for place in _places(ask)}
    writes = set(wanted(asked)) if "content" in task_type.Payload.model_fields else set()
    concealed = task_type.conceals(asked.kind)
    found = []
    for one in task_type.fields(asked):
        content = {"source": asked.source, "target": asked.draft or {}}
        sides = {
            side: content[side][one.name]
            for side in one.sides
            if one.name in content[side] and f"{side}.{one.name}" not in drawn_there and one.name not in writes | concealed
        }
        if asked.source_language == asked.target_language and "source" in sides:
            sides.pop("target", None)
        if sides:
            found.append(Field(one.name, one.title or one.name, one.form or asked.kind.fields[one.name].type, sides))
    return found


def around(neighbours: list[Neighbour], asked: Question, task_type: TaskType) -> list[Neighbour]:
    """What stands around the question, without what a question itself draws."""
    places = [place for ask in task_type.asks(asked) if isinstance(ask, Spans | Cells) and not ask.when for place in _places(ask)]
    drawn_there = {place.split(".")[1] for place in places if place.startswith("references.")}
    return [one for one in neighbours if one.use or one.name not in drawn_there]


def _places(ask: Spans | Cells) -> tuple[str, ...]:
    return ask.over if isinstance(ask, Spans) else (ask.of,)


def candidates(asked: Question, task_type: TaskType) -> list[Content]:
    """The answers an adjudicator chooses among, each with what it says in the words of its questions."""
    return [one | {"answers": _told(asked, task_type, one["payload"])} for one in asked.context.get("candidates", [])]


def _told(asked: Question, task_type: TaskType, payload: Content) -> list[tuple[str, Any]]:
    given = payload.get("answers", {})
    return [(ask.text, _words(ask, given[ask.name], asked, given)) for ask in task_type.asks(asked) if ask.name in given]


def _words(ask: Ask, value: Any, asked: Question, given: Content) -> Any:
    """An answer in the words of its question, where it has any."""
    if isinstance(ask, Label):
        return ask.among(asked).get(value, value)
    if isinstance(ask, Labels) and isinstance(value, list):
        return ", ".join(ask.among(asked).get(one, one) for one in value)
    if isinstance(ask, Spans):
        texts, said = ask.texts(asked, given), {one.value: one.text for one in ask.labels}
        places = ((texts.get(place, ""), span) for place, one in value["texts"].items() for span in one["spans"])
        return "; ".join(f"{said[span['label']]} “{text[span['start'] : span['end']]}”" for text, span in places) or "–"
    return "; ".join(str(cell) for cell in ask.exported(value).values())
