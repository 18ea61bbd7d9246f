"""Where the texts that a question is about are to be found, where nobody said it."""

from annotation.records import Question
from annotation.schema import Type


def place(question: Question | None, name: str) -> str:
    """A field of the record: its translation where there is one, else the source."""
    return f"{'source' if question and name not in (question.draft or {}) else 'target'}.{name}"


def holding(question: Question | None, *types: Type) -> list[str]:
    """The fields of these types that the record has and that are no answer, in the schema's order."""
    if question is None:
        return []
    fields = question.kind.fields.items()
    return [name for name, field in fields if field.type in types and name in question.source and name != question.kind.answer]


def texts(question: Question | None) -> tuple[str, ...]:
    """Every text of the record where it is to be read; without a record a name that holds its place."""
    return tuple(place(question, name) for name in holding(question, "text", "list")) or ("target.text",)


def first(question: Question | None, *types: Type) -> str:
    """The first field of these types."""
    return place(question, next(iter(holding(question, *types)), types[0]))
