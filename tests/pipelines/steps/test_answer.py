"""An answer that was copied out of a passage or a table is still in it after translation."""

import pytest

from annotation.schema import Kind
from pipelines.records import Draft
from tests.pipelines.checking import draft, looked

TRANSLATED = Kind.model_validate(
    {
        "fields": {
            "passage": {"type": "ref", "kind": "passage"},
            "question": {"type": "text", "translate": True},
            "answer": {"type": "text", "translate": True},
        },
        "answer": "answer",
    }
)
TABLE = Kind.model_validate(
    {"fields": {"table": {"type": "table", "translate": True}, "answer": {"type": "string"}}, "answer": "answer"}
)
PASSAGE = {"text": "The fisherman sold his boat in Lamu."}


def asked(answer: str, rendered: str, translation: str | None) -> Draft:
    around = {"passage": PASSAGE | ({"target": {"text": translation}} if translation else {})}
    source = {"question": "What did he sell?", "answer": answer}
    content = {"question": "Aliuza nini?", "answer": rendered}
    return Draft(TRANSLATED, source, "en", "sw", content=content, item=source | {"passage": "p1"}, around=around)


@pytest.mark.parametrize(
    ("answer", "rendered", "translation", "verdict"),
    [
        ("his boat", "mashua yake", "Mvuvi aliuza mashua yake Lamu.", "ok"),
        ("his boat", "jahazi", "Mvuvi aliuza mashua yake Lamu.", "warn"),
        ("his boat", "mashua yake", None, "abstain"),
    ],
)
def test_the_translated_answer_is_in_the_translated_passage(answer, rendered, translation, verdict):
    assert looked("answer", asked(answer, rendered, translation)).verdict == verdict


def test_an_answer_that_was_never_in_the_passage_is_not_looked_for():
    assert looked("answer", asked("yes", "ndiyo", "Mvuvi aliuza mashua yake Lamu.")) is None


@pytest.mark.parametrize(
    ("cell", "verdict"),
    [("١٬٥٠٠", "ok"), ("1,500", "ok"), ("١٥٠", "warn")],
)
def test_a_number_is_found_in_any_digits(cell, verdict):
    source = {"table": [["City", "People"], ["Lamu", "1,500"]]}
    content = {"table": [["المدينة", "السكان"], ["لامو", cell]]}
    given = Draft(TABLE, source, "en", "ar", content=content, item=source | {"answer": "1500"})
    assert looked("answer", given).verdict == verdict


def test_a_kind_without_an_answer_is_not_looked_at():
    assert looked("answer", draft("A house", "Nyumba", "sw")) is None
