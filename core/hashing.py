"""One canonical JSON and one hash, so that the same content has the same name everywhere."""

import hashlib
from pathlib import Path
from typing import Any

import orjson


def canonical(value: Any) -> bytes:
    """`value` as UTF-8 JSON with sorted keys and no spaces; text is kept exactly, never normalised."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of `value`, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
