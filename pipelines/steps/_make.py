"""What steps share that make new items: what they read, how they ask, and how a part that is not right is refused."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, ClassVar

from core.languages import language
from pipelines.prompts import Prompt
from pipelines.records import Draft, Found, Generate, Generated, Made, Request
from pipelines.steps import Step
from pipelines.steps._judge import strict
from pipelines.steps._texts import plain

TEXT = {"type": "string"}
ROOM = 2048
"""Tokens for an answer beside a few for each character it may have to repeat."""




class Maker(Step):
    """Makes new items of a draft. What of an answer is not right is refused with its reason, as a finding, and never mended."""

    makes: ClassVar[tuple[str, ...] | None] = ()

    async def run(self, draft: Draft, generate: Generate) -> Draft:
        parts = await self.make(draft, generate)
        return replace(
            draft,
            made=(*draft.made, *(one for one in parts if isinstance(one, Made))),
            findings=(*draft.findings, *(one for one in parts if isinstance(one, Found))),
        )

    async def make(self, draft: Draft, generate: Generate) -> list[Made | Found]:
        """The items, and for each that was refused the finding that says why."""
        raise NotImplementedError(f"{self.name} makes nothing")

    async def ask(
        self, draft: Draft, generate: Generate, data: dict[str, Any], schema: dict[str, Any], *,
        prompt: str = "", by: str = "", sample: int = 0, **values: Any,
    ) -> Generated:  # fmt: skip
        """What a model answers to the step's own prompt, or another, about this data."""
        asked = Prompt(prompt or self.name)
        source, target = language(draft.source_language), language(draft.target_language)
        return await generate(
            Request(
                prompt=asked.name,
                prompt_signature=asked.signature,
                messages=asked.messages(source=source.name, target=target.name, data=data, **values),
                # A transcript knows nothing of samples: there they are told apart by their number.
                input=data | ({"sample": sample} if sample else {}),
                source=source.tag,
                target=target.tag,
                max_tokens=ROOM + 4 * sum(len(str(value)) for value in data.values()),
                schema=schema,
                by=by,
                sample=sample,
            )
        )

    def made(self, number: int, fields: dict[str, Any], answers: Iterable[Generated], tag: str, **notes: Any) -> Made:
        """An item under this step's number, with who answered and where the answers are on record."""
        answers = list(answers)
        told = {"by": answers[-1].signature, "requests": [one.request_hash for one in answers]} if answers else {}
        return Made(number, fields, tag, notes=told | notes, recorded=any(one.recorded for one in answers))

    def refused(self, why: str) -> Found:
        """Something was answered that is not right."""
        return Found(self.name, "fail", self.signature(), None, why)

    def nothing(self, why: str) -> Found:
        """There is nothing here that could be made."""
        return Found(self.name, "abstain", self.signature(), None, why)


def named(draft: Draft, field: str) -> tuple[str, str]:
    """The field that is read, the item's first text where none is named, and its text; the text is empty where there is none."""
    if not field:
        field = next((name for name, value in draft.source.items() if isinstance(value, str)), "")
    value = draft.source.get(field, draft.item.get(field))
    return field, value if isinstance(value, str) and value.strip() else ""


def array(items: dict[str, Any], least: int = 1) -> dict[str, Any]:
    """The schema of a list."""
    return {"type": "array", "items": items, "minItems": least}


def choice(names: Iterable[Any]) -> dict[str, Any]:
    """The schema of one of these."""
    names = list(names)
    return {"type": "integer" if isinstance(names[0], int) else "string", "enum": names}


def like_schema(value: Any) -> dict[str, Any]:
    """The schema of what has the shape of a content: the same keys, and lists of the same length."""
    if isinstance(value, dict):
        return strict(**{name: like_schema(one) for name, one in value.items()})
    if isinstance(value, list):
        return {"type": "array", "items": like_schema(value[0]), "minItems": len(value), "maxItems": len(value)}
    return TEXT


def changed(value: Any, change: Callable[[str], str]) -> Any:
    """A content with each of its texts changed."""
    if isinstance(value, dict):
        return {name: changed(one, change) for name, one in value.items()}
    if isinstance(value, list):
        return [changed(one, change) for one in value]
    return change(value) if isinstance(value, str) else value


def twice(text: str, before: Iterable[str]) -> bool:
    """Whether a text says, letter case and spaces aside, what one before it says."""
    return plain(text) in map(plain, before)


