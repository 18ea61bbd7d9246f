"""How close the meanings are, by the angle between embeddings: of source and back-translation, and of source and translation."""

from collections.abc import Sequence
from dataclasses import replace
from math import fsum, sqrt
from typing import ClassVar

from pydantic import Field

from core.told import told
from pipelines.records import Draft, Found, Generate, Generated, NotGenerated, Request, text_of
from pipelines.steps import Step

VECTORS = {"type": "array", "items": {"type": "array", "items": {"type": "number"}, "minItems": 1}}


class Embedding(Step):
    """Compares the source with what came back by the cosine of their embeddings; abstains where the run has no embedding model."""

    name: ClassVar[str] = "embedding"
    label: ClassVar[str] = "Embedding similarity"
    asks: ClassVar[str] = "embed"

    multilingual: bool = False
    """Whether the model knows the target language, so that source and translation can be compared directly, too."""
    warn_below: float | None = Field(None, ge=-1, le=1)
    """A cosine below this is a doubt; every model has a scale of its own."""

    async def run(self, draft: Draft, generate: Generate) -> Draft:
        others = {"": draft.back, "_target": draft.content if self.multilingual else None}
        compared = {what: text_of(other) for what, other in others.items() if other is not None}
        if not compared:
            return draft
        given = [text_of(draft.source), *compared.values()]
        try:
            answer = await generate(_request(given))
        except NotGenerated as error:
            found = [Found(self.name, "abstain", self.signature(), None, told("There are no embeddings: {error}", error=error))]
            return replace(draft, findings=(*draft.findings, *found))
        source, *vectors = answer.content["vectors"]
        found = [self._found(answer, what, cosine(source, one)) for what, one in zip(compared, vectors, strict=True)]
        return replace(draft, findings=(*draft.findings, *found))

    def _found(self, answer: Generated, what: str, value: float | None) -> Found:
        signature = f"{self.signature()}|by:{answer.signature}"[:300]
        if value is None:
            return Found(self.name + what, "abstain", signature, None, told("The model gives a text no direction."))
        low = self.warn_below is not None and value < self.warn_below
        which = told("the translation") if what else told("what comes back")
        detail = told(
            "By its embedding {which} is not close to the source: cosine {value:.2f}.",
            which=which, value=value,
        ) if low else ""
        return Found(self.name + what, "warn" if low else "score", signature, round(value, 4), detail)


def _request(texts: list[str]) -> Request:
    schema = {
        "type": "object",
        "properties": {"vectors": VECTORS | {"minItems": len(texts), "maxItems": len(texts)}},
        "required": ["vectors"],
    }
    return Request(
        prompt="embed", prompt_signature="embed", messages=(), input={"texts": texts}, schema=schema, by=Embedding.asks
    )


def cosine(one: Sequence[float], other: Sequence[float]) -> float | None:
    """The cosine of the angle between two vectors, from -1 to 1; None where one has no direction, or they are of two spaces."""
    lengths = sqrt(fsum(x * x for x in one)) * sqrt(fsum(x * x for x in other))
    if len(one) != len(other) or not lengths:
        return None
    return max(-1.0, min(1.0, fsum(x * y for x, y in zip(one, other, strict=True)) / lengths))
