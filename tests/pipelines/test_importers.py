"""Importers: every row of a file comes out once, as understood or as bad, and text comes out exactly as it went in."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from pipelines.importers import importers
from pipelines.importers._lines import MAX_LINE
from pipelines.importers.xnli import SCHEMA as XNLI
from pipelines.records import BadRow, ImportContext, ParsedRow

ONE = {
    "kinds": {
        "sentence": {
            "fields": {"text": {"type": "text", "translate": True}, "note": {"type": "string", "required": False}}
        }
    }
}
MANY = {
    "kinds": {
        "question": {
            "fields": {
                "stem": {"type": "text", "translate": True},
                "options": {"type": "list", "translate": True},
                "answer": {"type": "choice", "of": "options"},
                "weight": {"type": "number", "required": False},
                "checked": {"type": "boolean", "required": False},
            }
        },
        **ONE["kinds"],
    }
}


def read(
    name: str,
    data: bytes | str,
    schema: dict[str, Any] = ONE,
    *,
    filled: tuple[str, ...] = (),
    source: str = "en",
    **params: Any,
):
    data = data.encode() if isinstance(data, str) else data
    context = ImportContext(source, schema, frozenset(filled))
    return list(importers.build({"name": name, "params": params}).read(io.BytesIO(data), context))


def only_bad(rows) -> list[tuple[int, str, str]]:
    return [(row.line, row.field, row.reason) for row in rows if isinstance(row, BadRow)]


def texts(rows) -> list[str]:
    return [item.content["text"] for row in rows if isinstance(row, ParsedRow) for item in row.items]


# Whole files that are something else


@pytest.mark.parametrize("name", importers.all)
@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\n \r\n", "empty"),
        (b"PK\x03\x04" + b"\0" * 20 + b"[Content_Types].xml", "Excel or Word"),
        (b"PK\x03\x04" + b"\0" * 20 + b"a.txt", "ZIP"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\n<!DOCTYPE html><html>", "HTML"),
        (b"PAR1....", "Parquet"),
        ("key,text\n".encode("utf-16"), "UTF-16"),
        ('{"key": "a long enough line of plain text"}'.encode("utf-16-le"), "UTF-16"),
        ('{"key": "a long enough line of plain text"}'.encode("utf-16-be"), "UTF-16"),
    ],
)
def test_a_file_that_is_no_utf8_text_is_named_before_any_row(name, data, what):
    with pytest.raises(Invalid, match=what):
        read(name, data)


# JSON Lines


def test_a_json_line_is_an_item_with_its_translations():
    [row] = read(
        "jsonl",
        '{"kind": "sentence", "key": "s1", "split": "train", "text": "Hi",'
        ' "translations": {"sw": {"text": "Habari"}}}\n',
    )
    [item] = row.items
    assert (item.kind, item.key, item.split, item.language) == ("sentence", "s1", "train", "en")
    assert item.content == {"text": "Hi"} and item.translations == {"sw": {"text": "Habari"}}


def test_kind_and_split_may_be_left_out_where_there_is_no_doubt():
    [row] = read("jsonl", '{"key": "s1", "text": "Hi"}')
    assert (row.items[0].kind, row.items[0].split) == ("sentence", "test")


def test_text_is_kept_exactly():
    text = "\u202eا\u200cب\u2028\x85 e\u0301 \U0001f468\u200d\U0001f469\u200d\U0001f467 \ufeff trailing  "
    assert texts(read("jsonl", json.dumps({"key": "a", "text": text}, ensure_ascii=False))) == [text]
    assert texts(read("csv", f'key,text\na,"{text}"\n')) == [text]
    assert texts(read("tsv", f"key\ttext\na\t{text}\n")) == [text]


@pytest.mark.parametrize(
    ("line", "field", "why"),
    [
        (b'{"key": "a", "text": "caf\xe9"}', "", "not UTF-8: byte 0xe9 at offset 25"),
        (b'{"key": "a", "text": "\xed\xa0\x80"}', "", "not UTF-8"),
        (b'{"key": "a", "text": "\x00"}', "", "NUL character at offset 22"),
        (b'{"key": "a", "text": NaN}', "", "NaN, which is no JSON number"),
        (b'{"key": "a", "text": 1e400}', "", "too large"),
        (b'{"key": "a", "text": 9007199254740993}', "", "would round"),
        (b'{"key": "a", "text": ' + b"9" * 5000 + b"}", "", "would round"),
        (b'{"key": "a", "key": "b", "text": "x"}', "", "'key' twice"),
        (b'{"key": "a", "text": {"b": 1, "b": 2}}', "", "'b' twice"),
        (b'{"key": "a", "text": ' + b"[" * 65 + b"]" * 65 + b"}", "", "more than 64 deep"),
        (b'{"key": "a", "text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "", "more than 64 deep"),
        (b'{"key": "a", "text": "x",}', "", "not JSON"),
        (b'{"key": "a", "text": "x"} {}', "", "not JSON: Extra data at character 27"),
        (b'["a", "x"]', "", "not a JSON object"),
        (b'"a"', "", "not a JSON object"),
        (b'{"text": "x"}', "key", "missing"),
        (b'{"key": null, "text": "x"}', "key", "missing"),
        (b'{"key": 7, "text": "x"}', "key", "must be text"),
        (b'{"key": "a", "split": 7, "text": "x"}', "split", "must be text"),
        (b'{"key": "a", "text": "x", "translations": ["sw"]}', "translations", "language tags"),
        (b'{"key": "a", "text": "x", "translations": {"sw": "y"}}', "translations", "language tags"),
        (b'{"key": "a", "text": "' + b"x" * MAX_LINE + b'"}', "", "longer than 4 MB"),
    ],
)
def test_a_bad_json_line_is_named_and_the_next_is_read(line, field, why):
    bad, good = read("jsonl", line + b'\n{"key": "b", "text": "good"}')
    assert (bad.line, bad.field) == (1, field) and why in bad.reason
    assert texts([good]) == ["good"] and good.line == 2


def test_sixty_four_levels_and_brackets_inside_of_texts_are_fine():
    deep = "[" * 63 + "]" * 63
    assert all(
        isinstance(row, ParsedRow)
        for row in read("jsonl", f'{{"key": "a", "text": {deep}}}\n{{"key": "b", "text": "{"[" * 99}"}}')
    )


def test_kind_must_be_said_where_there_are_two():
    assert only_bad(read("jsonl", '{"key": "a", "text": "x"}', MANY)) == [(1, "kind", "is missing")]


def test_a_blank_line_is_a_bad_row_but_not_at_the_end():
    rows = read("jsonl", '{"key": "a", "text": "x"}\r\n\n{"key": "b", "text": "y"}\n \n\r\n\n')
    assert texts(rows) == ["x", "y"] and [line for line, *_ in only_bad(rows)] == [2]


def test_a_field_called_like_a_word_of_the_format_is_refused_before_any_row():
    with pytest.raises(Invalid, match="'split' of a"):
        read("jsonl", "{}", {"kinds": {"a": {"fields": {"split": {"type": "text"}}}}})


# CSV and TSV


def test_columns_called_like_fields_stand_for_themselves():
    [row] = read("csv", "\ufeffkey,split,text,note,text@sw\r\n007,dev,Hi,,Habari\r\n")
    [item] = row.items
    assert (item.key, item.split, item.content, item.translations) == (
        "007",
        "dev",
        {"text": "Hi"},
        {"sw": {"text": "Habari"}},
    )


def test_a_mapping_names_columns_and_leaves_some_out():
    mapping = {"id": "key", "english": "text", "kiswahili": "text@sw", "comment": ""}
    [row] = read("tsv", "id\tenglish\tkiswahili\tcomment\n1.10\tHi\tHabari\twhy\n", mapping=mapping)
    assert (row.items[0].key, row.items[0].content, row.items[0].translations) == (
        "1.10",
        {"text": "Hi"},
        {"sw": {"text": "Habari"}},
    )


def test_cells_are_read_as_what_their_field_is():
    data = 'key,stem,options,answer,weight,checked\nq,How?,"[""a"", ""b""]",1,0.5,TRUE\n'
    [row] = read("csv", data, MANY, kind="question")
    assert row.items[0].content == {"stem": "How?", "options": ["a", "b"], "answer": 1, "weight": 0.5, "checked": True}


@pytest.mark.parametrize(
    ("cells", "field", "why"),
    [
        ("q,How?,a | b,1,,", "options", "not JSON"),
        ('q,How?,"[""a""]",first,,', "answer", "not JSON"),
        ('q,How?,"[""a""]",true,,', "answer", "must be a number"),
        ('q,How?,"[""a""]",0,NaN,', "weight", "NaN"),
        ('q,How?,"[""a""]",0,,maybe', "checked", "true or false"),
    ],
)
def test_a_cell_that_is_no_value_of_its_field_is_named(cells, field, why):
    [(line, name, reason)] = only_bad(
        read("csv", f"key,stem,options,answer,weight,checked\n{cells}\n", MANY, kind="question")
    )
    assert (line, name) == (2, field) and why in reason


@pytest.mark.parametrize(
    ("head", "params", "why"),
    [
        ("text", {}, "No column gives key"),
        ("key,note", {}, "No column gives text"),
        ("key,text,colour", {}, "'colour' is no field of sentence"),
        ("key,Text", {}, "'Text' is no field"),
        ("key,text,text", {}, "Two columns of this file are called 'text'"),
        ("key,text,copy", {"mapping": {"copy": "text"}}, "Two columns give text"),
        ("key,text,sw", {"mapping": {"sw": "text@sw", "my": "text@my"}}, "no column 'my'"),
        ("key,text,text@en", {}, "en is the source language"),
        ("key,text,note@sw", {}, "note is not translated"),
        ("key,text,text@klingonese", {}, "no language tag"),
        ("key,text\rold,mac\r", {}, "line feeds"),
        ('key,"text', {}, "no head of columns"),
        ("key,text", {"kind": "poem"}, "unknown kind 'poem'"),
    ],
)
def test_a_table_whose_columns_do_not_fit_is_refused_before_any_row(head, params, why):
    with pytest.raises(Invalid, match=why):
        read("csv", f"{head}\na,b,c\n", **params)


@pytest.mark.parametrize("unclosed", ['b,"open', 'b,"closes" too soon', 'b,"a\n'])
def test_an_unclosed_quotation_costs_its_own_row_and_none_of_the_others(unclosed):
    after = "".join(f'c{n},"row {n}"\n' for n in range(3000))
    rows = read("csv", f"key,text\na,first\n{unclosed}\n{after}")
    assert texts(rows) == ["first", *(f"row {n}" for n in range(3000))]
    assert only_bad(rows)[0][0] == 3


def test_the_csv_module_alone_would_have_lost_the_others():
    """The control: what the protection is against."""
    data = 'key,text\na,first\nb,"open\n' + "".join(f"c{n},row {n}\n" for n in range(1000))
    assert len(list(csv.reader(io.StringIO(data)))) == 3
    assert len(texts(read("csv", data))) == 1001


def test_what_is_wrong_with_a_later_line_is_not_said_of_an_unclosed_quotation():
    rows = read("csv", b'key,text\na,"open\nb,good\nc,caf\xe9\n')
    assert [(line, reason[:9]) for line, _, reason in only_bad(rows)] == [(2, "opens a q"), (4, "the line ")]


def test_a_quotation_may_hold_line_ends_of_every_sort():
    rows = read("csv", 'key,text\r\na,"one\r\ntwo\nthree\u2028four ""five"""\r\nb,six\r\n')
    assert texts(rows) == ['one\r\ntwo\nthree\u2028four "five"', "six"] and [row.line for row in rows] == [2, 5]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (b"a", "1 cells where the head has 2"),
        (b"a,b,c", "3 cells"),
        (b"", "blank"),
        (b"a,caf\xe9", "not UTF-8: byte 0xe9 at offset 5"),
        (b'a,"x\ny \xe9"', "line 3 of it is not UTF-8"),
        (b"a,\x00", "NUL"),
        (b"a," + b"x" * 131_073, "131,072 characters"),
        (b"a,b\rc,d", "carriage return"),
        (b'a,"' + b"x" * MAX_LINE + b'"', "longer than 4 MB"),
    ],
)
def test_a_bad_row_of_a_table_is_named_and_the_next_is_read(row, why):
    rows = read("csv", b"key,text\n" + row + b"\nz,last\n")
    [(line, _, reason)] = only_bad(rows)
    assert line == 2 and why in reason and texts(rows) == ["last"]


def test_in_tsv_a_quotation_mark_is_text_unless_said_otherwise():
    assert texts(read("tsv", 'key\ttext\na\t"Hi\nb\t5" disk\n')) == ['"Hi', '5" disk']
    assert texts(read("tsv", 'key\ttext\na\t"Hi\t""you"""\n', quoted=True)) == ['Hi\t"you"']


# XNLI

HEAD = "genre\tlabel\tsentence1_en\tsentence2_en\tsentence1_sw\tsentence2_sw\n"
PAIR = 'travel\tneutral\tIt "rained.\tIt was wet.\tIlinyesha.\tKulikuwa na maji.\n'


def test_a_pair_is_two_shared_sentences_and_a_record_that_points_at_them():
    first, second = read("xnli", HEAD + PAIR + PAIR.replace("It was wet.", "It was dry."), XNLI)
    premise, hypothesis, pair = first.items
    assert (
        premise.content == {"text": 'It "rained.'}
        and premise.translations == {"sw": {"text": "Ilinyesha."}}
        and premise.shared
    )
    assert pair.key == "test-00001" and not pair.shared
    assert pair.content == {"premise": premise.key, "hypothesis": hypothesis.key, "label": "neutral", "genre": "travel"}
    assert second.items[0].key == premise.key != second.items[1].key


def test_a_file_without_the_source_language_is_matched_by_row_to_the_pairs_there_are():
    [row] = read("xnli", HEAD + PAIR, XNLI, filled=("pair",), source="fr")
    assert (row.alignment.kind, row.alignment.key, row.alignment.expect) == (
        "pair",
        "test-00001",
        {"label": "neutral", "genre": "travel"},
    )
    assert row.alignment.translations["premise"] == {"en": {"text": 'It "rained.'}, "sw": {"text": "Ilinyesha."}}


def test_without_the_source_language_and_without_pairs_it_is_refused():
    with pytest.raises(Invalid, match="not fr, the source language"):
        read("xnli", HEAD + PAIR, XNLI, source="fr")


def test_a_cell_without_a_translation_is_none_and_one_without_a_source_is_bad():
    rows = read("xnli", HEAD + PAIR.replace("Ilinyesha.", "") + PAIR.replace("It was wet.", " "), XNLI)
    assert rows[0].items[0].translations == {} and only_bad(rows) == [(3, "sentence2_en", "is empty")]


@pytest.mark.parametrize(
    "head",
    ["genre\tlabel", "label\tsentence1_en", "sentence1_en\tsentence2_en", "label\tsentence1_en\tsentence2_en\tgold",
     "label\tsentence1_en\tsentence2_en\tsentence1_xx\tsentence2_xx",
     "label\tsentence1_en\tsentence2_en\tsentence1_eng\tsentence2_eng"],
)  # fmt: skip
def test_a_head_that_is_not_xnlis_is_refused(head):
    with pytest.raises(Invalid):
        read("xnli", f"{head}\n", XNLI)


def test_pairs_of_one_premise_go_to_one_split_and_keep_their_keys():
    rows = [f"g\tneutral\tPremise {n // 3}.\tHypothesis {n}.\tx\ty\n" for n in range(600)]
    plain, drawn = (read("xnli", HEAD + "".join(rows), XNLI, train_share=share) for share in (0.0, 0.5))
    pairs = [row.items[2] for row in drawn]
    assert [pair.key for pair in pairs] == [row.items[2].key for row in plain]
    splits = {pair.content["premise"]: set() for pair in pairs}
    for pair in pairs:
        splits[pair.content["premise"]].add(pair.split)
    assert all(len(found) == 1 for found in splits.values())
    assert 60 < sum(found == {"train"} for found in splits.values()) < 140


# Whatever bytes come

LINES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from(
            [b'{"key":"a","text":"x"}', b'{"key":"a","text":"\\ud800"}', b"a,b", b'a,"b',
             b'b",c', b'a,"b""c"', b"a\tb", b"a,b\r",
             b"g\tneutral\ta\tb", b"", b" ", b'"', b'""', b"\x00", b"\xff", "a,\u2028".encode(),
              b'{"\\ud800":1,"key":"\\u0000"}']
        ),
    ),
    max_size=12,
)  # fmt: skip
HEADS = {
    "jsonl": b"",
    "csv": b"key,text\n",
    "tsv": b"key\ttext\n",
    "xnli": b"genre\tlabel\tsentence1_en\tsentence2_en\n",
}


@pytest.mark.parametrize("name", HEADS)
@given(LINES, st.sampled_from([b"\n", b"\r\n"]))
def test_every_line_of_any_bytes_is_in_exactly_one_row_or_the_file_is_refused(name, lines, end):
    data = HEADS[name] + end.join(lines)
    try:
        rows = read(name, data, XNLI if name == "xnli" else ONE)
    except Invalid:
        return
    numbers = [row.line for row in rows]
    assert numbers == sorted(set(numbers))
    if name != "csv" or b'"' not in data:  # only a quotation may span lines
        first = HEADS[name].count(b"\n")
        end_of_text = data.rstrip(b" \t\r\n") if data.strip(b" \t\r\n") else b""
        assert len(rows) == max(end_of_text.count(b"\n") + 1 - first, 0)


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=20))
def test_what_the_csv_module_writes_is_read_back_exactly(pairs):
    fine = [
        (key, text)
        for key, text in pairs
        if "\x00" not in key + text and not any(0xD800 <= ord(c) <= 0xDFFF for c in key + text)
    ]
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([("key", "text"), *fine])
    rows = read("csv", written.getvalue())
    assert [(row.items[0].key, row.items[0].content["text"]) for row in rows] == fine
