"""Post-edit: given the source and a draft, write the text as it should be."""

import unicodedata
from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict
from sacrebleu.metrics import CHRF

from annotation.records import Question
from annotation.task_types import Scale, TaskType
from core.hashing import digest

# A text is hardly ever written twice in the same words; a known right one differs in a word or an ending.
CHRF_SAME = CHRF()


class Payload(BaseModel):
    """The whole text, field by field, exactly as written, and what the person wants to say about it."""

    model_config = ConfigDict(extra="forbid")

    content: dict[str, Any]
    comment: str = ""


class PostEdit(TaskType):
    """The person corrects a machine's draft, or translates where there is none."""

    name: ClassVar[str] = "post_edit"
    label: ClassVar[str] = "Post-edit a draft"
    Payload: ClassVar[type[BaseModel]] = Payload
    template: ClassVar[str] = "frontend/work/post_edit.html"
    scale: ClassVar[Scale] = "text"
    right_from: ClassVar[float] = 0.8

    def problems(self, answer: Payload, question: Question) -> dict[str, str]:
        return question.kind.translation_problems(question.source, answer.content)

    def label_of(self, answer: Payload) -> str:
        return digest(answer.content)

    def compared(self, answer: Payload) -> dict[str, str]:
        """The texts themselves, in order of field; what is between them is no character of a text."""
        return {"": "\x1e".join(text for _name, value in sorted(answer.content.items()) for text in _texts(value))}

    def text(self, answer: Payload) -> dict[str, Any]:
        return answer.content

    def correct(self, answer: Payload, expected: Payload) -> float:
        """The lowest chrF (Popović 2015) of a text of the answer beside its counterpart, as a share; 1 for the very same texts."""
        pairs = zip(_texts(answer.content), _texts(expected.content), strict=False)
        return min((_alike(mine, right) for mine, right in pairs), default=0.0)


def _alike(mine: str, right: str) -> float:
    # The same letters in another Unicode form are the same text.
    mine, right = unicodedata.normalize("NFC", mine.strip()), unicodedata.normalize("NFC", right.strip())
    return 1.0 if mine == right else CHRF_SAME.sentence_score(mine, [right]).score / 100


def _texts(value: Any) -> Iterator[str]:
    """The texts of a value, be it one, a list, a table or a record; a record's in the order of its fields' names."""
    if isinstance(value, str):
        yield value
    else:
        for one in [part for _name, part in sorted(value.items())] if isinstance(value, dict) else value:
            yield from _texts(one)
