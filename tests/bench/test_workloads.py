"""The workloads measure what they say; how fast is not for a test to judge."""

import pytest
from django.db import connection

from annotation.models import Item, SearchEntry
from bench import _browsed, browse, claim_scale, dawid_skene, import_


@pytest.mark.django_db
def test_the_import_workload_imports_and_copies_the_same_rows(settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path
    told: list[str] = []
    found = import_.run(told.append, rows=300, times=2)
    assert (found["rows"], found["times"], len(told)) == (300, 2, 2)
    assert found["ratio_to_copy"] > 0 and found["peak_rss_mb"] > 0
    assert Item.objects.count() == 600
    lines = [line.split("\t") for line in (tmp_path / "rows.copy").read_text().splitlines()]
    copied = {(line[2], line[7]) for line in lines}
    assert copied == set(Item.objects.filter(dataset__slug="bench-0").values_list("key", "hash"))


def test_the_dawid_skene_workload_fits_the_same_model_as_crowd_kit(settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path
    told: list[str] = []
    found = dawid_skene.run(told.append, tasks=300, people=30, times=1)
    assert (found["votes"], found["times"], len(told)) == (1500, 1, 1)
    assert found["other_labels"] == 0 and found["largest_difference"] < 1e-6
    assert found["peak_mb"] > 0 and found["ratio"] > 0


def test_no_one_of_the_crowd_votes_twice_on_a_task():
    cast = dawid_skene.crowd(200, votes=5, people=23, labels=3)
    assert len(set(zip(cast["task"], cast["person"], strict=True))) == 1000
    assert (set(cast["person"]), set(cast["label"])) == (set(range(23)), {0, 1, 2})
@pytest.mark.django_db(transaction=True)
def test_the_claim_workload_claims_in_the_midst_of_work_and_far_ahead_of_it():
    told: list[str] = []
    found = claim_scale.run(told.append, small=4000, large=5000, people=9, claims=40)
    assert (found["tasks"], found["claims"], found["ahead"]) == (5000, 40, 250)
    assert found["p95_ms"] > 0 and found["p95_ms_10k"] > 0 and found["ahead_p95_ms"] > 0


@pytest.mark.django_db(transaction=True)
def test_the_browse_workload_asks_every_kind_of_question_of_a_whole_index(monkeypatch):
    monkeypatch.setattr(_browsed, "VOCABULARY", 200)
    monkeypatch.setattr(browse, "call_command", lambda *_, **__: None)  # the session has its static files
    told: list[str] = []
    found = browse.run(told.append, items=60, times=2)
    assert (found["units"], found["pages"], len(found["kinds"])) == (300, 36, 18)
    assert all(0 < cuts["p50_ms"] <= cuts["p95_ms"] for cuts in (found, *found["kinds"].values()))
    assert not SearchEntry.objects.filter(grams=None).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname = 'search_grams'")
        assert cursor.fetchone() == (1,), "built again after it was filled"
