"""A model for contract tests: recorded answers from a transcript, and otherwise an answer of exactly the form that was asked for."""

from pathlib import Path
from typing import Any

from core.hashing import digest
from pipelines.providers import providers
from pipelines.records import Generated, ProviderError, Request

TRANSCRIPT = Path(__file__).with_name("steps.jsonl")
# The whole folder: steps.jsonl for what looks at drafts and makes them, makers.jsonl for what makes items.
REPLAY = providers.build({"name": "replay", "params": {"transcript": str(TRANSCRIPT.parent)}})


async def generate(request: Request) -> Generated:
    """What the transcript says; for what it does not know, the input again or the smallest answer that its schema allows."""
    try:
        content = (await REPLAY.complete(request)).content
    except ProviderError:
        content = smallest(request.schema) if request.schema else request.shape
    return Generated(content, digest([request.prompt, request.input])[:16], f"replay|prompt:{request.prompt_signature}")


def smallest(schema: dict[str, Any]) -> Any:
    """A small value that a JSON schema allows; as much of JSON Schema as structured outputs know."""
    if "const" in schema or "enum" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    if "anyOf" in schema:
        return smallest(schema["anyOf"][0])
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: smallest(one) for name, one in schema.get("properties", {}).items()}
    if kind == "array":
        return [smallest(schema.get("items", {"type": "string"}))] * max(schema.get("minItems", 1), 1)
    plain = {"string": "text", "boolean": True, "null": None}
    return plain[kind] if kind in plain else schema.get("minimum", 1)
