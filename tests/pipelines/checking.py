"""What a check says of a draft, for the tests of the checks."""

import asyncio
from typing import Any

from annotation.schema import Kind
from pipelines.records import Draft, Found
from pipelines.steps import steps

TEXT = Kind.model_validate({"fields": {"text": {"type": "text", "translate": True}}})
QUESTION = Kind.model_validate(
    {
        "fields": {
            "stem": {"type": "text", "translate": True},
            "options": {"type": "list", "translate": True},
            "answer": {"type": "choice", "of": "options"},
        }
    }
)


def draft(source: str, target: str, language: str = "es", *, back: str | None = None, source_language: str = "en", **known: Any) -> Draft:
    """A draft of one sentence, with its translation."""
    return Draft(
        TEXT, {"text": source}, source_language, language, content={"text": target}, back=back and {"text": back}, **known
    )  # fmt: skip


def looked(check: str | dict[str, Any], given: Draft) -> Found | None:
    """What a check says of a draft, run as a step is; None where there is nothing for it to look at."""
    after = asyncio.run(steps.build(check).run(given, None))
    assert len(after.findings) <= 1
    return after.findings[0] if after.findings else None


def said(check: str | dict[str, Any], *args: Any, **kwargs: Any) -> Found:
    """What a check says of a draft; of a source, a translation and a language otherwise."""
    found = looked(check, args[0] if isinstance(args[0], Draft) else draft(*args, **kwargs))
    assert found is not None
    return found
