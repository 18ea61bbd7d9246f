"""The real Burmese glossary of XNLI: it comes in, and its terms are found; skipped where the file is not."""

import csv
import json
import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from core.languages import language
from pipelines.glossary import Glossary
from pipelines.records import Term
from tests import world

HOME = Path(os.environ.get("DRAGOMAN_REAL_DATA") or Path(__file__).resolve().parents[2] / ".." / "shared" / "data")
FOLDER = HOME / "xnli"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason=f"no real data at {FOLDER}: set DRAGOMAN_REAL_DATA to the folder that holds xnli/"
    ),
]


def rows(name: str, **how: str) -> list[list[str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, **how))


def test_the_glossary_comes_in_and_its_two_broken_lines_are_told():
    cast, out = world.world(), StringIO()
    file = str(FOLDER / "glossary.my.csv")
    call_command("glossary", cast.dataset.slug, file, "--language", "my", "--json", stdout=out, stderr=StringIO())
    said = json.loads(out.getvalue().splitlines()[-1])
    assert (said["added"], said["changed"], said["same"]) == (423, 0, 4)
    assert [one["line"] for one in said["errors"]] == [157, 159]


def test_every_term_is_found_in_a_sentence_about_it():
    sources = {row[0].strip() for row in rows("glossary.my.csv")}
    glossary = Glossary(tuple(Term(source, "x") for source in sources), language("en"))
    for source in sources:
        assert [term.source for term in glossary.find(f"Then {source}, they said.")] == [source]


def test_terms_are_found_in_the_sentences_of_the_development_set():
    glossary = Glossary(tuple(Term(row[0].strip(), "x") for row in rows("glossary.my.csv")), language("en"))
    texts = [row[n] for row in rows("my.genre.dev.tsv", delimiter="\t", quoting=csv.QUOTE_NONE)[1:] for n in (2, 3)]
    found = [term.source for text in set(texts) for term in glossary.find(text)]
    assert len(set(found)) > 180 and len(found) > 700, f"{len(set(found))} terms in {len(found)} places"
