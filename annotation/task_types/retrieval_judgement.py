"""Retrieval judgement: how relevant a document is to a query, or each document of a pool."""

from typing import ClassVar

from pydantic import Field

from annotation.asks import Ask
from annotation.asks._ask import texts_at
from annotation.asks.rating import Rating
from annotation.records import Question
from annotation.task_types._asking import Asking
from annotation.task_types._places import place

# The grades of TREC's deep learning tracks.
GRADES = {0: "Irrelevant", 1: "Related", 2: "Highly relevant", 3: "Perfectly relevant"}


class RetrievalJudgement(Asking):
    """Query and document are the record's own texts, or what it points at; a pool is a list of documents in the record."""

    name: ClassVar[str] = "retrieval_judgement"
    label: ClassVar[str] = "Judge relevance"
    right_from: ClassVar[float] = 0.65
    example: ClassVar = {"pool": 10}
    example_kind: ClassVar = {"fields": {"query": {"type": "text", "translate": True}, "documents": {"type": "list", "translate": True}}}
    example_source: ClassVar = {"query": "why rivers freeze", "documents": ["Water freezes at 0 °C.", "The Ebro is 930 km long."]}
    example_target: ClassVar = {"query": "por qué se hielan los ríos", "documents": ["El agua se hiela a 0 °C.", "El Ebro mide 930 km."]}

    pool: int = Field(0, ge=0, le=50)
    """The most documents a record's pool holds; 0 where each record has one document."""
    documents: str = "documents"
    """The list field that holds the pool."""
    grades: dict[int, str] = GRADES
    """What each grade means, by its number."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        scale = {"low": min(self.grades), "high": max(self.grades), "anchors": self.grades}
        if not self.pool:
            return (Rating(name="relevance", text="How relevant is the document to the query?", **scale),)
        held = self.pool if question is None else len(texts_at(question, place(question, self.documents)) or ())
        return tuple(Rating(name=f"document_{at}", text=f"Document {at}", **scale) for at in range(1, min(held, self.pool) + 1))
