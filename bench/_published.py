"""Published human translations as drafts with a text: what a check says of them is mostly a false alarm."""

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path

import regex

from annotation.schema import Kind
from pipelines.records import Draft, Term

ROOT = Path(os.environ.get("DRAGOMAN_REAL_DATA") or Path(__file__).resolve().parents[1] / ".." / "shared" / "data").resolve()
TEXT = Kind.model_validate({"fields": {"text": {"type": "text", "translate": True}}})
XNLI = ("my", "sw", "ur")
MGSM = ("bn", "de", "es", "fr", "ja", "ru", "sw", "te", "th", "zh")
MATHMIST = {"fr": "french", "bn": "bangla"}


def drafts() -> Iterator[tuple[str, str, Draft]]:
    """Corpus, language and draft: XNLI's distinct sentences, MGSM's questions, MathMist's questions; all from English."""
    for language in XNLI:
        terms = _glossary() if language == "my" else []
        for source, target in _xnli(language):
            yield "xnli", language, _draft(source, target, language, tuple(t for t, there in terms if there.search(source)))
    english = _mgsm("en")
    for language in MGSM:
        for source, target in zip(english, _mgsm(language), strict=True):
            yield "mgsm", language, _draft(source, target, language)
    for language, name in MATHMIST.items():
        for source, target in _mathmist(name):
            yield "mathmist", language, _draft(source, target, language)


def _draft(source: str, target: str, language: str, terms: tuple[Term, ...] = ()) -> Draft:
    return Draft(TEXT, {"text": source}, "en", language, content={"text": target}, given=True, terms=terms)


def _xnli(language: str) -> list[tuple[str, str]]:
    """The files are parallel row by row; the English is taken from one of them."""
    english, other = (_tsv(ROOT / "xnli" / f"{name}.genre.dev.tsv") for name in ("my", language))
    sides = ("sentence1", "sentence2")
    return sorted({(e[f"{s}_en"], o[f"{s}_{language}"]) for e, o in zip(english, other, strict=True) for s in sides})


def _tsv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def _glossary() -> list[tuple[Term, regex.Pattern[str]]]:
    """The Burmese glossary, each term with where it stands in a source: as a whole word, in its case."""
    with (ROOT / "xnli" / "glossary.my.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row[:2] for row in csv.reader(lines) if len(row) > 1 and row[0].strip() and row[1].strip()]
    return [
        (Term(en.strip(), my.strip()), regex.compile(rf"(?<!\w){regex.escape(en.strip())}(?!\w)")) for en, my in rows
    ]


def _mgsm(language: str) -> list[str]:
    lines = (ROOT / "mgsm" / f"mgsm_{language}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.rpartition("\t")[0] for line in lines]


def _mathmist(name: str) -> list[tuple[str, str]]:
    """Questions by chapter and number; the first of those that stand twice."""
    english, other = ({_key(row): row["Question"] for row in reversed(_jsonl(n))} for n in ("english", name))
    return [(english[key], other[key]) for key in english if key in other]


def _key(row: dict[str, str]) -> tuple[str, str]:
    return row["Chapter Number"], row["Example Number"]


def _jsonl(name: str) -> list[dict[str, str]]:
    lines = (ROOT / "mathmist" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]
