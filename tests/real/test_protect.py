"""Published corpora through masking and windows: not a letter of 100,000 texts is lost; skipped where the files are not."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.steps._protect import mask, restore
from pipelines.steps._windows import windows

HOME = Path(os.environ.get("DRAGOMAN_REAL_DATA") or Path(__file__).resolve().parents[2] / ".." / "shared" / "data")
pytestmark = pytest.mark.skipif(
    not HOME.is_dir(), reason=f"no real data at {HOME}: set DRAGOMAN_REAL_DATA to the folder that holds mathmist/, mgsm/ and xnli/"
)
FILES = sorted([*HOME.glob("mathmist/*.jsonl"), *HOME.glob("mgsm/*.tsv"), *HOME.glob("xnli/*.tsv")])


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_text_comes_back_whole_and_no_window_cuts_a_token(file):
    regions = 0
    for line in file.read_text(encoding="utf-8").split("\n"):
        for text in texts(json.loads(line)) if file.suffix == ".jsonl" and line else line.split("\t"):
            masked = mask(text, numbers=True)
            back = restore(masked.text, masked)
            assert (back.text, back.lost) == (text, ())
            pieces = windows(masked.text, 100)
            assert "".join(pieces) == masked.text
            assert all(piece.count("⟦") == piece.count("⟧") for piece in pieces)
            regions += len(masked.regions)
    assert regions > 100
