"""The import job: all rows are accounted for, and one that was killed goes on to the same end."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from annotation.actions import datasets
from annotation.models import Dataset, Item, Member, Translation, Unit
from core.errors import Invalid, Refused
from pipelines import engine
from pipelines.actions import imports, runs
from pipelines.importers import importers
from pipelines.jobs import import_file
from pipelines.models import Rejection, Run, RunItem
from tests.world import SCHEMA, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path / "home"
    return settings.DRAGOMAN_HOME


@pytest.fixture
def dataset():
    return datasets.create(slug="rows", name="Rows", schema=SCHEMA, languages=["sw"], by=None)


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(import_file, "ROWS", 10)


def lines(count: int, **changes: str) -> list[str]:
    """So many JSON lines; every seventh is no JSON, every ninth repeats the first key, every fourth brings Swahili."""
    found = []
    for n in range(count):
        record: dict[str, Any] = {"kind": "sentence", "key": "k0" if n % 9 == 8 else f"k{n}", "text": f"Sentence {n}."}
        if n % 4 == 0:
            record["translations"] = {"sw": {"text": f"Sentensi {n}."}}
        found.append("{" if n % 7 == 6 else json.dumps(record | changes))
    return found


def file_of(folder: Path, rows: list[str], name: str = "rows.jsonl") -> Path:
    path = folder / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def start(dataset: Dataset, file: Path, **changes: Any) -> Run:
    return imports.start(dataset, file, **{"importer": importers.build("jsonl"), "by": None} | changes)


def outcome(dataset: Dataset, run: Run) -> dict[str, Any]:
    """All that an import leaves behind, but for identifiers and times."""
    run.refresh_from_db()
    return {
        "status": run.status,
        "result": imports.result(run),
        "items": list(Item.objects.filter(dataset=dataset).order_by("key").values_list("key", "hash")),
        "units": list(
            Unit.objects.filter(item__dataset=dataset).order_by("item__key").values_list("item__key", "status")
        ),
        "texts": sorted(t.content["text"] for t in Translation.objects.filter(unit__item__dataset=dataset)),
        "rejections": Rejection.objects.filter(run=run).count(),
    }


def test_all_rows_are_accepted_or_listed_with_line_and_reason(dataset, tmp_path, small_chunks):
    run = start(dataset, file_of(tmp_path, lines(100)))
    engine.work(run.pk)
    found = outcome(dataset, run)
    result = found["result"]
    assert (found["status"], result["rows"]) == ("done", 100)
    assert result["accepted"] + result["rejected"] == 100 and result["accepted"] == result["created"] == len(
        found["items"]
    )
    assert result["rejected"] == found["rejections"] == len(result["errors"]) and result["errors_left_off"] == 0
    assert result["errors"][0] == {"line": 7, "field": "", "reason": result["errors"][0]["reason"]}
    assert "not JSON" in result["errors"][0]["reason"]
    # The second use of a key is found across chunks, and names the first.
    assert [e["reason"] for e in result["errors"] if e["line"] == 99] == ["the sentence 'k0' stands already on line 1"]


def test_the_same_file_again_changes_nothing(dataset, tmp_path):
    file = file_of(tmp_path, lines(100))
    first = start(dataset, file)
    engine.work(first.pk)
    before = outcome(dataset, first)
    again = start(dataset, file)
    engine.work(again.pk)
    after = outcome(dataset, again)
    assert {**after, "result": None} == {**before, "result": None}
    assert after["result"] == {**before["result"], "created": 0, "translations": 0}
    assert len(list((import_file.upload_path("")).iterdir())) == 1


def test_how_far_it_is_shows_in_bytes_and_rows(dataset, tmp_path, small_chunks, monkeypatch):
    seen = []
    extend = engine.EngineLease.extend
    monkeypatch.setattr(
        engine.EngineLease, "extend", lambda *args, **kw: (extend(*args, **kw), seen.append(kw["progress"]))
    )
    file = file_of(tmp_path, lines(35))
    engine.work(start(dataset, file).pk)
    assert [progress["rows"] for progress in seen] == [10, 20, 30, 35]
    done = [progress["bytes_done"] for progress in seen]
    assert done == sorted(done) and done[0] < done[-1] == file.stat().st_size == seen[0]["bytes"]


def test_a_chunk_is_bounded_in_bytes_too(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr(import_file, "BYTES", 1000)
    sizes = []
    write = import_file._write
    monkeypatch.setattr(
        import_file, "_write", lambda run, chunk, *rest: (sizes.append(len(chunk)), write(run, chunk, *rest))
    )
    engine.work(start(dataset, file_of(tmp_path, lines(20, text="x" * 400))).pk)
    assert max(sizes) <= 4 and sum(sizes) == 20


# Killed and taken up again


class Killed(BaseException):
    """What a process that is killed does not live to handle."""


def break_at(monkeypatch, chunk: int, *, after_commit: bool) -> None:
    """Kill the worker once: in the middle of writing that chunk, or just after it is committed."""
    done = {"chunks": 0}
    point = "_chunks" if after_commit else "_write"
    original = getattr(import_file, point)

    def broken_write(*args: Any) -> None:
        original(*args)
        done["chunks"] += 1
        if done["chunks"] == chunk:
            raise Killed

    def broken_chunks(*args: Any) -> Any:
        for one in original(*args):
            yield one
            done["chunks"] += 1
            if done["chunks"] == chunk:
                raise Killed

    monkeypatch.setattr(import_file, point, broken_chunks if after_commit else broken_write)


@pytest.mark.parametrize("after_commit", [True, False])
@pytest.mark.parametrize("chunk", [1, 4, 10])
@pytest.mark.django_db(transaction=True)
def test_an_import_that_was_killed_ends_as_one_that_was_not(
    dataset, tmp_path, small_chunks, monkeypatch, chunk, after_commit
):
    file = file_of(tmp_path, lines(100))
    twin = datasets.create(slug="twin", name="Twin", schema=SCHEMA, languages=["sw"], by=None)
    clean = start(twin, file)
    engine.work(clean.pk)

    run = start(dataset, file)
    with monkeypatch.context() as patch:
        break_at(patch, chunk, after_commit=after_commit)
        with pytest.raises(Killed):
            engine.work(run.pk)
    assert 0 <= run.items.get().result.get("rows", 0) == 10 * (chunk if after_commit else chunk - 1)
    engine.work(run.pk)
    assert outcome(dataset, run) == outcome(twin, clean)


@pytest.mark.django_db(transaction=True)
def test_without_its_own_place_in_the_file_a_killed_import_would_count_rows_twice(
    dataset, tmp_path, small_chunks, monkeypatch
):
    """The control: the same kill, with the note of how far it was taken away."""
    run = start(dataset, file_of(tmp_path, lines(100)))
    with monkeypatch.context() as patch:
        break_at(patch, 4, after_commit=True)
        with pytest.raises(Killed):
            engine.work(run.pk)
    run.items.update(result={})
    engine.work(run.pk)
    assert Rejection.objects.filter(run=run).count() > imports.result(run)["rejected"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_lease_was_taken_writes_nothing_more(dataset, tmp_path, small_chunks, monkeypatch):
    run = start(dataset, file_of(tmp_path, lines(100)))
    write = import_file._write
    calls = []

    def slow(*args: Any) -> None:
        write(*args)
        calls.append(1)
        if len(calls) == 3:  # between two chunks another worker takes the item and does all of it
            monkeypatch.setattr(import_file, "_write", write)
            stolen.append(True)

    stolen: list[bool] = []
    chunks = import_file._chunks

    def meddled(*args: Any) -> Any:
        for one in chunks(*args):
            if stolen and stolen.pop():
                monkeypatch.setattr(import_file, "_chunks", chunks)
                RunItem.objects.filter(run=run).update(status="waiting", lease_until=None)
                engine.work(run.pk)
            yield one

    monkeypatch.setattr(import_file, "_write", slow)
    monkeypatch.setattr(import_file, "_chunks", meddled)
    engine.work(run.pk)
    result = outcome(dataset, run)["result"]
    assert result["rows"] == 100 and result["rejected"] == Rejection.objects.filter(run=run).count()
    assert result["accepted"] == Item.objects.filter(dataset=dataset).count()


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_import_stops_after_its_chunk_and_goes_on_when_resumed(
    dataset, tmp_path, small_chunks, monkeypatch
):
    run = start(dataset, file_of(tmp_path, lines(100)))
    write = import_file._write

    def cancelling(*args: Any) -> None:
        write(*args)
        runs.cancel(run, by=None)

    with monkeypatch.context() as patch:
        patch.setattr(import_file, "_write", cancelling)
        engine.work(run.pk)
    assert run.items.get().result["rows"] == 10 and outcome(dataset, run)["status"] == "cancelled"
    runs.resume(run, by=None)
    engine.work(run.pk)
    found = outcome(dataset, run)
    assert (found["status"], found["result"]["rows"]) == ("done", 100)


# What stops a whole import, or does not let it begin


def test_a_file_of_another_format_starts_no_run_and_is_not_kept(dataset, tmp_path):
    (tmp_path / "x.jsonl").write_bytes(b"%PDF-1.7")
    with pytest.raises(Invalid, match="a PDF"):
        start(dataset, tmp_path / "x.jsonl")
    assert not Run.objects.exists() and not import_file.upload_path("").exists()


def test_a_file_that_is_not_there_is_one_sentence(dataset, tmp_path):
    with pytest.raises(Invalid, match="Cannot read"):
        start(dataset, tmp_path / "none.jsonl")
    with pytest.raises(Invalid, match="Cannot read"):
        start(dataset, tmp_path)


def test_only_a_manager_imports(tmp_path):
    cast = world()
    file = file_of(tmp_path, lines(3))
    for person in (cast.bola, cast.efe, cast.zed, cast.olu):
        with pytest.raises(Refused):
            start(cast.dataset, file, by=person)
    engine.work(start(cast.dataset, file, by=cast.ada).pk)
    assert Item.objects.filter(dataset=cast.dataset).count() == 3


def test_who_lost_the_right_meanwhile_imports_nothing(tmp_path):
    cast = world()
    run = start(cast.dataset, file_of(tmp_path, lines(3)), by=cast.ada)
    Member.objects.filter(user=cast.ada).update(status="suspended")
    engine.work(run.pk)
    run.refresh_from_db()
    assert run.status == "stopped" and "suspended" in run.message and not Item.objects.exists()


def test_an_upload_that_is_gone_stops_the_run_and_says_where_it_should_be(dataset, tmp_path):
    run = start(dataset, file_of(tmp_path, lines(3)))
    next(import_file.upload_path("").iterdir()).unlink()
    engine.work(run.pk)
    run.refresh_from_db()
    assert run.status == "stopped" and "DRAGOMAN_HOME" in run.message


NASTY = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [
            b'{"key":"a","text":"x"}',
            b'{"key":"\\u0000","text":"x"}',
            b'{"key":"a","text":"\\ud800"}',
            b'{"key":"a","\\ud800\\u0000":"x"}',
            b'{"key":"a","text":"x","translations":{"\\ud800":{"text":"y"}}}',
            b'{"key":"a","text":"x","translations":{"my":{"\\u0000":"y"}}}',
            b'{"key":"a","text":"y","split":"\\u0000"}',
            b'{"key":"b","kind":"\\ud800"}',
            b'{"key":"a","text":{"a":[]}}',
            b"[]",
            b"\xff",
        ]
    ),
)  # fmt: skip


@given(st.lists(NASTY, max_size=8))
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_bytes_come_all_rows_are_counted(tmp_path, each):
    schema = {"kinds": {"sentence": SCHEMA["kinds"]["sentence"]}}
    dataset = datasets.create(slug=f"d{Dataset.objects.count()}", name="D", schema=schema, by=None)
    file = tmp_path / "any.jsonl"
    file.write_bytes(b"\n".join(each))
    try:
        run = start(dataset, file)
    except Invalid:
        return
    engine.work(run.pk)
    found = outcome(dataset, run)
    result = found["result"]
    assert found["status"] == "done"
    assert result["rows"] == result["accepted"] + result["rejected"] == result["accepted"] + found["rejections"]


# The command


def command(*args: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_items", *args, "--json", stdout=out, stderr=StringIO(), skip_checks=True)
    return json.loads(out.getvalue().splitlines()[-1])


def schema_file(tmp_path: Path) -> str:
    (tmp_path / "schema.yaml").write_text(json.dumps({"kinds": {"sentence": SCHEMA["kinds"]["sentence"]}}))
    return str(tmp_path / "schema.yaml")


@pytest.mark.django_db(transaction=True)
def test_the_command_makes_the_dataset_and_prints_what_became_of_the_rows(tmp_path):
    (tmp_path / "a.csv").write_text("id,english,kiswahili\n1,Hi,Habari\n2,,\n3,Ho\n")
    maps = ("--map", "id=key", "--map", "english=text", "--map", "kiswahili=text@sw")
    found = command(
        "new", str(tmp_path / "a.csv"), "--format", "csv", *maps, "--split", "dev", "--schema", schema_file(tmp_path)
    )
    assert set(found) == {
        "rows", "accepted", "rejected", "created", "translations", "errors", "errors_left_off",
        "seconds", "run", "dataset",
    }  # fmt: skip
    assert (found["rows"], found["accepted"], found["rejected"], found["created"]) == (3, 1, 2, 1)
    assert found["errors"][0] == {"line": 3, "field": "text", "reason": "is empty"}
    assert Item.objects.get().split == "dev" and Unit.objects.get().current.content == {"text": "Habari"}


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_to_write_where_the_format_fixes_no_schema(tmp_path):
    with pytest.raises(CommandError, match="(?s)The file has text.*--schema.*kinds:"):
        command("new", str(file_of(tmp_path, ['{"key": "a", "text": "x"}'])), "--format", "jsonl")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--map", "key"), "write NAME=VALUE"),
        (("--option", "colour=red"), "colour"),
        (("--map", "nothere=text"), "no column 'nothere'"),
        (("--split", " "), "A split has a name"),
        (("--schema", "nothere.yaml"), "Cannot read the schema"),
    ],
)
def test_a_wrong_option_is_one_line_and_leaves_no_dataset(tmp_path, options, why):
    (tmp_path / "a.csv").write_text("key,text\n1,Hi\n")
    schema = () if "--schema" in options else ("--schema", schema_file(tmp_path))
    with pytest.raises(CommandError, match=why):
        command("new", str(tmp_path / "a.csv"), "--format", "csv", *schema, *options)
    assert not Dataset.objects.exists()
