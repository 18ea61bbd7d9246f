"""Exporters: what is written, in which order, and that the same rows give the same bytes."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.exporters import exporters

COLUMNS = {
    "id": "string",
    "text": "text",
    "options": "list",
    "table": {"caption": "text", "rows": "table", "year": "number"},
    "answer": "choice",
    "sure": "boolean",
}
TEXT = 'a "b" \\ مرحبا မင်္ဂလာ \u2028 \t 👩‍👩‍👧'
ROW = {
    "sure": True, "answer": 1, "table": {"year": 1999, "rows": [["x", "y"]], "caption": "c"}, "options": ["1", TEXT],
    "text": TEXT, "id": "a",
}  # fmt: skip


@pytest.fixture(params=exporters.all)
def exporter(request):
    return exporters.build(request.param)


def test_the_same_rows_give_the_same_bytes(exporter, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    exporter.write([ROW, {"id": "b"}], one, COLUMNS)
    exporter.write(iter([dict(reversed(ROW.items())), {"id": "b", "text": None}]), two, COLUMNS)
    assert one.read_bytes() == two.read_bytes()


def test_no_rows_make_a_file_too(exporter, tmp_path):
    exporter.write([], tmp_path / "none", COLUMNS)
    assert (tmp_path / "none").exists()


def test_jsonl_keeps_the_columns_order_also_inside_objects_and_the_text_as_it_is(tmp_path):
    file = tmp_path / "a.jsonl"
    exporters.build("jsonl").write([ROW, {"id": "b"}], file, COLUMNS)
    first, second, end = file.read_bytes().decode().split("\n")
    assert list(json.loads(first)) == list(COLUMNS)
    assert list(json.loads(first)["table"]) == ["caption", "rows", "year"]
    assert json.loads(first)["text"] == TEXT and "မင်္ဂလာ" in first
    assert json.loads(second) == dict.fromkeys(COLUMNS) | {"id": "b"}
    assert end == ""


def test_jsonl_refuses_a_number_json_has_not(tmp_path):
    with pytest.raises(ValueError):
        exporters.build("jsonl").write([{"n": float("nan")}], tmp_path / "a", {"n": "number"})


def test_parquet_has_the_types_of_the_fields_whatever_the_first_rows_hold(tmp_path):
    file = tmp_path / "a.parquet"
    exporters.build("parquet").write([{"id": "b"}, ROW], file, COLUMNS)
    table = pq.read_table(file)
    assert table.schema.names == list(COLUMNS)
    assert table.schema.field("answer").type == pa.int64()
    assert table.schema.field("table").type.field("year").type == pa.float64()
    assert table.to_pylist()[1]["table"] == {"caption": "c", "rows": [["x", "y"]], "year": 1999.0}
    assert table.to_pylist()[1]["text"] == TEXT
    assert table.schema.metadata is None


def test_parquet_is_cut_into_row_groups_of_a_fixed_size(tmp_path):
    file = tmp_path / "a.parquet"
    exporters.build("parquet").write(({"id": str(n)} for n in range(20_001)), file, {"id": "string"})
    groups = pq.ParquetFile(file).metadata
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [10_000, 10_000, 1]
