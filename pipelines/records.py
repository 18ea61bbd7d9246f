"""What the machines' plugins see and give back: plain frozen values, no database, no Django."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from annotation.schema import Kind

# --- asking a model -------------------------------------------------------------------------------------------------

Outcome = Literal["ok", "transient", "quota", "auth", "bad_request", "refusal", "truncated", "filtered", "schema"]


@dataclass(frozen=True)
class Request:
    """One thing asked of a provider. Chat models get ``messages``; a translation engine or a transcript goes by ``input``."""

    prompt: str
    """Name of the prompt, which is its file's: translate, back_translate, choose, generate_qa."""
    prompt_signature: str
    messages: tuple[dict[str, str], ...]
    input: dict[str, Any]
    source: str = ""
    target: str = ""
    max_tokens: int = 2048
    answer: dict[str, Any] | None = None
    """An example of the answer wanted, such as ``{"answer": ""}``; None where the answer has the shape of ``input``."""
    schema: dict[str, Any] | None = None
    """JSON schema of the answer, an object, where no example can say its form: lists of any length, ranges, choices."""
    by: str = ""
    """Which of the run's models is asked, by the name it has in the run (``judge``); empty for the run's own."""
    sample: int = 0
    """The number of the answer where several to the same question are wanted: each is asked, paid and kept for itself."""
    parts: tuple[str, ...] = ()
    """Where several were put together in this one: their ids, under which each is to be answered."""
    known_as: str = ""
    """The hash under which the same was asked before what helps has changed: an answer on record under it is taken."""

    @property
    def shape(self) -> dict[str, Any]:
        """What the answer must look like: the same keys, types and lengths."""
        return self.input if self.answer is None else self.answer


@dataclass(frozen=True)
class Usage:
    """The tokens a call took, as the endpoint counted them. ``told`` is False where it was billed, or may have been, and told nothing."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    """Of the prompt's, those read from the endpoint's cache."""
    reasoning_tokens: int = 0
    """Of the completion's, those nobody sees."""
    told: bool = True


@dataclass(frozen=True)
class Allowance:
    """What an endpoint said of its limits (``x-ratelimit-*``): requests and tokens a minute, what is left, and for how many seconds."""

    requests: int | None = None
    tokens: int | None = None
    requests_left: int | None = None
    tokens_left: int | None = None
    requests_reset: float = 0.0
    tokens_reset: float = 0.0


@dataclass(frozen=True)
class Completion:
    """What a provider answered: ``content`` in the form asked for, and what it took."""

    content: dict[str, Any]
    usage: Usage = Usage()
    request_id: str = ""
    allowance: Allowance | None = None


@dataclass(frozen=True)
class BatchState:
    """What an endpoint says of a batch: its name there, how far it is, and the files its results are in."""

    id: str
    ended: Literal["", "completed", "expired", "cancelled", "failed"]
    """How it ended; empty while it is worked on."""
    status: str = ""
    """The endpoint's own word for where it stands."""
    files: tuple[str, ...] = ()
    """Output and error file, as far as there are any."""
    answered: int = 0
    until: int | None = None
    """When it ends at the latest, in seconds of Unix time."""
    error: str = ""


class ProviderError(Exception):
    """A call that gave no usable answer, typed. Its usage counts too: a refusal is billed like an answer."""

    def __init__(
        self,
        outcome: Outcome,
        message: str,
        *,
        retry_after: float | None = None,
        usage: Usage = Usage(),
        request_id: str = "",
        allowance: Allowance | None = None,
        limited: bool = False,
    ) -> None:
        super().__init__(message)
        self.outcome, self.retry_after, self.usage = outcome, retry_after, usage
        self.request_id, self.allowance = request_id, allowance
        self.limited = limited
        """Whether the endpoint wants fewer calls at once (HTTP 429)."""


@dataclass(frozen=True)
class Generated:
    """An answer on record: its content, the request hash it is kept under, and who gave it."""

    content: dict[str, Any]
    request_hash: str
    signature: str
    """``openai:MODEL|prompt:translate:ab12cd34``: provider, model and prompt in one line."""
    recorded: bool = False
    """Whether a transcript answered, and no live model."""


class NotGenerated(Exception):
    """No answer to this request, now and when asked again; ``outcome`` says of what class."""

    def __init__(self, outcome: Outcome, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


Generate = Callable[[Request], Awaitable[Generated]]

# --- drafting -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Made:
    """One new item that a step made of a draft. Its kind, key and reference to where it came from are for the run to say."""

    number: int
    """Which of the things asked for it is, from 1: where another is refused, this one keeps its number, and so its key."""
    fields: dict[str, Any]
    language: str
    origin: Literal["made", "localised"] = "made"
    notes: dict[str, Any] = field(default_factory=dict)
    """How it was made, beside the step's signature: who answered, request hashes, what the fields do not hold."""
    recorded: bool = False


@dataclass(frozen=True)
class Found:
    """What one check said: ok, warn, fail, abstain or score, a number when it has one, and a sentence for the person who must act."""

    check: str
    verdict: Literal["ok", "warn", "fail", "abstain", "score"]
    signature: str
    value: float | None = None
    detail: str = ""


@dataclass(frozen=True)
class Term:
    """One agreed rendering of the dataset's glossary. Of a locked term no other rendering is right."""

    source: str
    target: str
    locked: bool = False


@dataclass(frozen=True)
class Example:
    """A verified translation of the dataset, shown to a model as one to go by."""

    source: dict[str, Any]
    target: dict[str, Any]


@dataclass(frozen=True)
class Remembered:
    """Where a translation that the dataset has of the very same record comes from."""

    translation: int
    """Which one: its identifier, and the hash of its content, which a release names it by."""
    hash: str
    verified: bool
    """Whether its unit is verified; else it is a person's, or one that all checks let pass."""
    recorded: bool = False


@dataclass(frozen=True)
class Draft:
    """One unit on its way through the steps. Steps return a changed copy (``dataclasses.replace``), never change it."""

    kind: Kind
    source: dict[str, Any]
    """The translatable fields of the item."""
    source_language: str
    target_language: str
    attempt: int = 0
    content: dict[str, Any] | None = None
    back: dict[str, Any] | None = None
    findings: tuple[Found, ...] = ()
    route: Literal["", "pass", "redo", "people"] = ""
    reasons: tuple[str, ...] = ()
    made_by: dict[str, Any] = field(default_factory=dict)
    """How the text came to be: translate and back_translate signatures and request hashes."""
    recorded: bool = False
    given: bool = False
    """Whether the text was there before (an import): then it is judged and never replaced."""
    item: dict[str, Any] = field(default_factory=dict)
    """The whole content of the item, with what is not translated: answers, labels, numbers."""
    around: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Reference field to what the item points at: its source texts and, under ``target``, its present translation if any."""
    terms: tuple[Term, ...] = ()
    """The glossary's terms that occur in the source."""
    examples: tuple[Example, ...] = ()
    memory: dict[str, Any] | None = None
    """The best translation the dataset has of exactly this source, if it has one."""
    remembered: Remembered | None = None
    """Which translation that is; None where there is none."""
    origin: Literal["", "localised"] = ""
    """What the text is besides a translation."""
    made: tuple[Made, ...] = ()
    """New items that steps made of it."""
    norms: dict[str, tuple[float, ...]] = field(default_factory=dict)
    """Name of a check to the 101 percentiles of its values in this dataset and language; absent while they are too few."""


def texts(content: dict[str, Any]) -> list[str]:
    """Every text in a content, in order: fields, list entries, table cells."""
    found: list[str] = []
    for value in content.values():
        stack = value if isinstance(value, list) else [value]
        for one in stack:
            found.extend(one if isinstance(one, list) else [one])
    return [one for one in found if isinstance(one, str)]


def text_of(content: dict[str, Any]) -> str:
    """All texts of a content as one, a line each: what scores and checks of the whole unit read."""
    return "\n".join(texts(content))


# --- importing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewItem:
    """One item a row brings. ``shared`` items (a premise) may come again with the same key and content; others may not."""

    kind: str
    key: str
    content: dict[str, Any]
    split: str
    language: str
    translations: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Language tag to the translatable fields in that language."""
    shared: bool = False


@dataclass(frozen=True)
class Alignment:
    """A row that adds languages to an item already there: found by kind and key, and only where ``expect`` still holds.

    ``translations`` maps a ref field (or "" for the item itself) to language tag to translatable fields.
    """

    kind: str
    key: str
    expect: dict[str, Any]
    translations: dict[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True)
class ParsedRow:
    """One row of a file, understood: the line it stands on and what it brings."""

    line: int
    items: tuple[NewItem, ...] = ()
    alignment: Alignment | None = None


@dataclass(frozen=True)
class BadRow:
    """One row of a file that cannot be taken: where, which field, why."""

    line: int
    reason: str
    field: str = ""


@dataclass(frozen=True)
class ImportContext:
    """What an importer may know of the dataset it reads for."""

    source_language: str
    schema: dict[str, Any]
    filled_kinds: frozenset[str]
    """Kinds that already have items."""
    split: str = "test"


# --- evaluating -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One row of a release as a baseline sees it: texts in the row's language, the answers there are, and the right one."""

    key: str
    language: str
    split: str
    cluster: str
    """The source text it hangs on (the shared premise): rows of one cluster are not independent."""
    texts: dict[str, str]
    """Field name to text, references resolved, the answer left out."""
    choices: tuple[str, ...]
    """Labels, or the options of a multiple-choice question."""
    answer: str | None
    """The right one of ``choices``."""
