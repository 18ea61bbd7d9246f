"""Texts in two languages at once: fragments of the source replaced by those of its translation that say the same."""

import random
from typing import Any, ClassVar

from pydantic import Field

from core.hashing import digest
from core.told import told
from pipelines.records import Draft, Found, Generate, Made, texts
from pipelines.steps._make import TEXT, Maker, array, changed, strict
from pipelines.steps._texts import short, whole_words


class CodeSwitch(Maker):
    """Has a model align fragments of an item and its translation, and replaces some of them; one that stands in neither is refused."""

    name: ClassVar[str] = "code_switch"
    label: ClassVar[str] = "Code-switch"
    compares: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {"rate": 1.0}

    rate: float = Field(0.5, gt=0, le=1)
    """Each fragment is replaced with this chance."""
    seed: int = 0
    """Which fragments are, it says: the same seed, the same ones."""

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        sides = {"source": draft.source, "translation": {name: (draft.content or {}).get(name) for name in draft.source}}
        if not all(texts(side) and any(text.strip() for text in texts(side)) for side in sides.values()):
            return [self.nothing(told("The item has no text, or no translation to take fragments from."))]
        schema = strict(fragments=array(strict(source=TEXT, translation=TEXT)))
        answer = await self.ask(draft, generate, sides, schema)
        refused: list[Made | Found] = []
        good: dict[str, str] = {}
        for number, one in enumerate(answer.content["fragments"], 1):
            if why := _wrong(one, sides, good):
                refused.append(self.refused(told("Fragment {number} {why}.", number=number, why=why)))
            else:
                good[one["source"]] = one["translation"]
        chance = random.Random(digest([self.seed, draft.source]))
        chosen = {source: target for source, target in good.items() if chance.random() < self.rate}
        if not chosen:
            return [*refused, self.nothing(told("No fragment was drawn."))]
        # All in one pass: what was put in is never replaced again.
        places = whole_words(list(chosen))
        mixed = changed(draft.source, lambda text: places.sub(lambda match: chosen[match[0]], text))
        return [self.made(1, mixed, [answer], draft.target_language, fragments=chosen, of=len(good)), *refused]


def _wrong(one: dict[str, str], sides: dict[str, Any], before: dict[str, str]) -> str:
    if one["source"] in before:
        return told("is there twice: “{source}”", source=short(one["source"]))
    for side, content in sides.items():
        said = one[side]
        if not said.strip() or said != said.strip():
            return told("has nothing, or spaces around it, in the {side}", side=side)
        if not any(said in text for text in texts(content)):
            return told("is not in the {side}: “{said}”", side=side, said=short(said))
    places = sum(len(whole_words([one["source"]]).findall(text)) for text in texts(sides["source"]))
    return "" if places == 1 else told(
        "does not stand in the source exactly once, as whole words: “{source}”",
        source=short(one["source"]),
    )
