"""Who did what to whom in a sentence, as triples whose every part stands in it word for word."""

from typing import Any, ClassVar

from core.told import told
from pipelines.records import Draft, Found, Generate, Made
from pipelines.steps._make import TEXT, Maker, array, named, strict
from pipelines.steps._texts import short

PARTS = ("subject", "relation", "object")


class ExtractTriples(Maker):
    """Has a model extract (subject, relation, object); a triple with a part that is no stretch of the text, or a doubled one, is refused."""

    name: ClassVar[str] = "extract_triples"
    label: ClassVar[str] = "Extract triples"
    makes: ClassVar[tuple[str, ...] | None] = ("text", "triples")
    crosses: ClassVar[bool] = False

    field: str = ""
    """The field the sentence stands in; empty for the item's first text."""
    given: str = ""
    """A table field with the triples of the same sentence in another language, one a row, which are to be found again in this one."""
    whole: bool = False
    """Whether a sentence is dropped when any of its triples is refused."""

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        field, text = named(draft, self.field)
        if not text:
            return [self.nothing(told("The item has no sentence."))]
        known = draft.item.get(self.given) if self.given else None
        data: dict[str, Any] = {"text": text} | ({"triples": known} if known else {})
        triple = strict(**dict.fromkeys(PARTS, TEXT))
        asked = "Under triples are those of the same sentence in another language: find each of them in this one." if known else ""
        answer = await self.ask(draft, generate, data, strict(triples=array(triple, 0)), given=asked)
        good: list[list[str]] = []
        refused: list[Made | Found] = []
        for number, one in enumerate(answer.content["triples"], 1):
            parts = [one[name] for name in PARTS]
            if why := _wrong(parts, text, good):
                refused.append(self.refused(told("Triple {number} {why}.", number=number, why=why)))
            else:
                good.append(parts)
        if not good or (self.whole and refused):
            return refused or [self.nothing(told("No triple was found."))]
        places = [[[at := text.index(part), at + len(part)] for part in parts] for parts in good]
        fields = {field: text, "text": text, "triples": good}
        return [self.made(1, fields, [answer], draft.source_language, places=places), *refused]


def _wrong(parts: list[str], text: str, before: list[list[str]]) -> str:
    for name, part in zip(PARTS, parts, strict=True):
        if not part.strip():
            return told("has no {name}", name=name)
        if part not in text:
            return told("has a {name} that is no stretch of the text: “{part}”", name=name, part=short(part))
    return told("is there twice") if parts in before else ""
