"""Batches: half the price, a day's patience, and no request lost, paid for twice or answered by another's answer."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F, Sum

from annotation.models import Unit
from core.errors import Invalid
from pipelines import batch_results, batches, budgets, minding
from pipelines.actions import budgets as caps
from pipelines.actions import drafts, runs
from pipelines.models import Batch, Budget, Generation, Run, RunItem
from pipelines.prices import _list
from pipelines.providers import provider
from pipelines.providers.openai import WITHOUT_SCHEMAS
from tests import llm_server, world
from tests.llm_batches import Day, Fault
from tests.llm_server import Rule, sentences
from tests.pipelines.test_draft import sentence_units

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = sentences(12)
TEXTS = list(TABLE)


@pytest.fixture
def server(monkeypatch, tmp_path) -> Iterator[llm_server.Server]:
    monkeypatch.setattr(minding, "SECONDS_BETWEEN_LOOKS", 0.05)
    monkeypatch.setattr(runs, "SECONDS_BETWEEN_LOOKS", 0.02)
    WITHOUT_SCHEMAS.clear()
    with llm_server.serving(llm_server.Script(table=dict(TABLE))) as running:
        prices = tmp_path / "prices.yaml"
        prices.write_text(json.dumps([
            {"endpoint": running.url, "model": "some-model", "since": "2026-01-01", "input": "1.00", "output": "4.00", "batch": "0.5"}
        ]).replace('"2026-01-01"', "2026-01-01"))  # fmt: skip
        monkeypatch.setenv("DRAGOMAN_PRICES", str(prices))
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        _list.cache_clear()
        yield running
    _list.cache_clear()


@pytest.fixture
def cast() -> world.World:
    return world.world()


def begun(cast: world.World, **wishes: Any) -> Run:
    wishes = {"languages": ["sw"], "provider": provider("openai:some-model"), "audit": 0, "by": cast.ada, "batching": "send"} | wishes
    return drafts.start(cast.dataset, **wishes)


def drafted(cast: world.World, **wishes: Any) -> Run:
    return to_its_end(begun(cast, **wishes))


def to_its_end(run: Run, visits: int = 40) -> Run:
    """Visit after visit, with hardly a wait between two looks at a batch."""
    for _ in range(visits):
        time.sleep(0.06)
        runs.work_here(run)
        run.refresh_from_db()
        if run.status != Run.Status.RUNNING:
            return run
    raise AssertionError(f"after {visits} visits: {runs.summary(run)}")


def texts_of(units: list[Unit]) -> dict[str, str | None]:
    found = Unit.objects.filter(pk__in=[unit.pk for unit in units]).select_related("item", "current")
    return {unit.item.content["text"]: unit.current and unit.current.content["text"] for unit in found}


def paid(server: llm_server.Server) -> Counter[tuple[str, str]]:
    return Counter((one["prompt"], one["data"]["text"]) for one in server.asked if one["status"] == 200)


def outcomes() -> Counter[str]:
    return Counter(Generation.objects.values_list("outcome", flat=True))


def ledger_is_the_servers_book(server: llm_server.Server) -> bool:
    found = Generation.objects.aggregate(tokens=Sum(F("prompt_tokens") + F("completion_tokens")))["tokens"]
    return found == sum(one["tokens"] for one in server.asked)


def test_a_drafting_in_batches_makes_what_calls_would_at_half_the_price(server, cast):
    made = sentence_units(cast)
    run = drafted(cast)
    assert run.status == Run.Status.DONE and texts_of(made) == TABLE
    assert [len(one.lines) for one in server.desk.kept.values()] == [12, 12]  # the way there, then all the way back
    assert list(run.batches.order_by("pk").values_list("status", "requests")) == [("read", 12), ("read", 12)]
    assert set(paid(server).values()) == {1} and ledger_is_the_servers_book(server)
    row = Generation.objects.first()
    assert row.batch_id == run.batches.first().pk and row.price["batch"] == "0.5"
    assert row.cost == (Decimal(row.prompt_tokens + 4 * row.completion_tokens) / 1_000_000 / 2).quantize(Decimal("0.00000001"))
    far, came = runs.summary(run), drafts.result(run)
    assert (far.total, far.done, far.errors, came["passed"], came["cached"]) == (12, 12, {}, 12, 0)


def test_the_answers_of_batches_are_kept_like_any(server, cast):
    made = sentence_units(cast)
    drafted(cast)
    Unit.objects.filter(pk__in=[unit.pk for unit in made]).update(status="new", current=None, route="")
    run = drafted(cast, batching="")
    assert run.status == Run.Status.DONE and drafts.result(run)["cached"] == 24 and set(paid(server).values()) == {1}


def test_files_are_split_by_requests_and_by_bytes(server, cast, monkeypatch):
    monkeypatch.setattr(batches, "MOST_REQUESTS", 5)
    made = sentence_units(cast)
    run = drafted(cast)
    assert [len(one.lines) for one in server.desk.kept.values()][:3] == [5, 5, 2]
    assert texts_of(made) == TABLE and set(paid(server).values()) == {1}
    monkeypatch.setattr(batches, "MOST_BYTES", 3_500)
    server.desk.files.clear()
    sentence_units(cast, ["A new one.", "Another new one.", "One more.", "A last one."])
    run = drafted(cast)
    sent = [len(file) for name, file in server.desk.files.items() if "batch" not in name]
    assert run.batches.count() == len(sent) >= 4 and max(sent) <= 3_500 and sum(run.batches.values_list("bytes", flat=True)) == sum(sent)


def test_what_expired_is_asked_again_and_what_was_answered_is_kept(server, cast):
    server.script.days = [Day(ends="expired", share=0.5), Day(ends="expired", share=0.5, told=False)]
    made = sentence_units(cast)
    run = drafted(cast)
    assert texts_of(made) == TABLE and set(paid(server).values()) == {1} and ledger_is_the_servers_book(server)
    assert [status for status, in run.batches.order_by("pk").values_list("status")][:2] == ["expired", "expired"]
    lost = Generation.objects.filter(outcome="transient")
    assert lost.count() == 6 + 6 and {(row.cost, row.estimated) for row in lost} == {(Decimal(0), False)}


def test_what_always_expires_is_given_up_and_can_be_resumed(server, cast):
    server.script.days = [Day(ends="expired", share=0.0) for _ in range(5)]
    made = sentence_units(cast, TEXTS[:2])
    run = drafted(cast)
    assert runs.summary(run).dead == 2 and not server.asked
    runs.resume(run, by=cast.ada)
    assert to_its_end(run).status == Run.Status.DONE and texts_of(made) == {text: TABLE[text] for text in TEXTS[:2]}


def test_a_line_that_is_nowhere_is_asked_again_and_counts_as_perhaps_billed(server, cast):
    server.script.days = [Day(missing=2)]
    made = sentence_units(cast)
    run = drafted(cast)
    assert texts_of(made) == TABLE and run.batches.first().counts["missing"] == 2
    lost = Generation.objects.filter(outcome="transient")
    assert lost.count() == 2 and all(row.estimated and row.cost == row.reserved > 0 for row in lost)


def test_lines_that_come_twice_or_of_nobody_change_nothing(server, cast):
    server.script.days = [Day(doubled=3, strange=2)]
    made = sentence_units(cast)
    run = drafted(cast)
    assert texts_of(made) == TABLE and ledger_is_the_servers_book(server)
    assert run.batches.first().counts == {"answered": 12, "duplicated": 3, "unknown": 3, "missing": 0}


def test_the_error_file_is_read_and_only_its_requests_are_asked_again(server, cast):
    server.script.rules = [Rule(prompt="translate", status=500, times=3)]
    made = sentence_units(cast)
    run = drafted(cast)
    assert texts_of(made) == TABLE and run.batches.first().counts["failed"] == 3
    assert Counter(len(one.lines) for one in server.desk.kept.values())[3] >= 1 and outcomes() == {"ok": 24, "transient": 3}


def test_a_wrong_form_is_repaired_in_the_next_batch_and_given_up_after_it(server, cast):
    once, always = ({"prompt": "translate", "text": text, "content": "Sijui."} for text in TEXTS[:2])
    server.script.rules = [Rule(**once, times=1), Rule(**always)]
    sentence_units(cast, TEXTS[:3])
    run = drafted(cast)
    repairs = [body for body in server.bodies if "could not be used" in body["messages"][-1]["content"]]
    assert len(repairs) == 2 and runs.summary(run).errors["schema"][0] == 1
    assert runs.summary(run).done == 2 and outcomes()["schema"] == 3


@pytest.mark.parametrize("reset", ["upload", "create", "list", "see", "cancel", "content"])
def test_an_answer_about_a_batch_that_is_lost_costs_no_second_batch(server, cast, reset):
    server.script.faults = [Fault(reset, reset=True)]
    made = sentence_units(cast)
    drafted(cast)
    assert texts_of(made) == TABLE and len(server.desk.kept) == 2 and set(paid(server).values()) == {1}


def test_control_where_batches_are_not_looked_for_a_lost_answer_is_paid_for_twice(server, cast, monkeypatch):
    monkeypatch.setattr(minding._Visit, "_found", lambda self: None)
    server.script.faults = [Fault("create", reset=True)]
    sentence_units(cast)
    drafted(cast)
    assert len(server.desk.kept) == 3


@pytest.mark.parametrize("fault", [Fault("see", raw="<html>"), Fault("create", raw="[1]"), Fault("upload", status=503), Fault("content", status=500)])
def test_nonsense_about_a_batch_passes(server, cast, fault):
    server.script.faults = [fault]
    made = sentence_units(cast, TEXTS[:3])
    assert drafted(cast).status == Run.Status.DONE and len(texts_of(made)) == 3 and set(paid(server).values()) == {1}


def test_a_refused_batch_stops_the_run_with_its_reason_and_can_be_resumed(server, cast):
    server.script.days = [Day(ends="failed", message="Enqueued token limit reached.")]
    made = sentence_units(cast, TEXTS[:3])
    run = drafted(cast)
    assert run.status == Run.Status.STOPPED and "Enqueued token limit reached" in run.message and not server.asked
    assert not Generation.objects.filter(outcome="pending").exists()
    runs.resume(run, by=cast.ada)
    assert to_its_end(run).status == Run.Status.DONE and all(texts_of(made).values())


def test_an_endpoint_without_batches_stops_the_run_at_once(server, cast):
    server.script.faults = [Fault("upload", status=404, message="Not found.")]
    sentence_units(cast, TEXTS[:3])
    run = drafted(cast)
    assert run.status == Run.Status.STOPPED and "HTTP 404" in run.message


def test_a_provider_without_batches_is_refused_before_the_run(cast):
    with pytest.raises(Invalid, match="takes no batches"):
        begun(cast, provider=provider("replay:demo"))


def test_a_key_that_is_said_back_about_a_batch_or_in_it_is_on_no_record(server, cast, caplog):
    caplog.set_level("DEBUG")
    said = "Wrong key: {key}"
    server.script.faults = [Fault("see", status=500, message=said), Fault("content", status=500, message=said)]
    server.script.rules = [Rule(prompt="translate", text=TEXTS[0], status=400, message=said)]
    server.script.days = [Day(), Day(ends="failed", message="sk-test")]
    sentence_units(cast, TEXTS[:2])
    run = drafted(cast)
    assert run.status == Run.Status.STOPPED and outcomes()["bad_request"] == 1
    kept = [str(list(model.objects.values())) for model in (Run, RunItem, Batch, Generation)]
    assert "sk-test" not in caplog.text + "".join(kept) and "[key]" in "".join(kept)


def test_units_that_wait_hold_no_place_and_say_so(server, cast):
    server.script.days = [Day(seconds=3600)]
    sentence_units(cast)
    run = runs.work_here(begun(cast))
    far = runs.summary(run)
    assert run.status == Run.Status.RUNNING and (far.total, far.waiting, far.leased) == (12, 12, 0)
    (batch,) = far.batches
    assert (batch.status, batch.requests, batch.items) == ("running", 12, 12) and batch.until > batch.since
    assert not run.items.filter(waits_for=None, stage=0).exists()


def test_another_run_that_asks_the_same_waits_for_the_same_batch(server, cast):
    server.script.days = [Day(seconds=3600)]
    made = sentence_units(cast)
    first = runs.work_here(begun(cast))
    second = begun(cast, batching="")
    runs.engine.work(second.pk)
    assert second.items.filter(waits_for=first.batches.get()).count() == 12 and not server.asked
    server.desk.kept["batch_1"].day.seconds = 0
    to_its_end(first)
    to_its_end(second)
    assert texts_of(made) == TABLE and set(paid(server).values()) == {1}


def test_what_helps_may_change_while_a_batch_is_out_and_its_answers_are_taken_all_the_same(server, cast):
    server.script.days = [Day(seconds=3600)]
    made = sentence_units(cast)
    run = runs.work_here(begun(cast))
    cast.dataset.terms.create(language="sw", source="bus", target="basi", locked=False)
    server.desk.kept["batch_1"].day.seconds = 0
    to_its_end(run)
    assert texts_of(made) == TABLE and set(paid(server).values()) == {1}


class Killed(BaseException):
    """The worker is gone."""


def killed_while_it_reads(cast, monkeypatch) -> Run:
    """A run whose worker dies after the second chunk of results."""
    monkeypatch.setattr(batch_results, "TOGETHER", 2)
    real, seen = batch_results._settle, []

    def settle(*args: Any) -> None:
        if len(seen) == 2:
            monkeypatch.setattr(batch_results, "_settle", real)
            raise Killed
        seen.append(real(*args))

    monkeypatch.setattr(batch_results, "_settle", settle)
    run = begun(cast)
    with pytest.raises(Killed):
        to_its_end(run)
    return run


def test_a_reader_that_dies_loses_nothing_and_nothing_is_asked_again(server, cast, monkeypatch):
    made = sentence_units(cast)
    run = killed_while_it_reads(cast, monkeypatch)
    assert outcomes() == {"ok": 4, "pending": 8}
    assert to_its_end(run).status == Run.Status.DONE and texts_of(made) == TABLE
    assert set(paid(server).values()) == {1} and outcomes() == {"ok": 24}


def test_control_a_reader_that_ends_the_batch_before_it_reads_pays_twice(server, cast, monkeypatch):
    real = batch_results.take_in

    def ended_first(batch: Batch, *args: Any) -> Counter[str]:
        batch_results.end(batch, "read", Counter(), batch_results.NOT_DONE)
        return real(batch, *args)

    monkeypatch.setattr(batch_results, "take_in", ended_first)
    sentence_units(cast)
    run = killed_while_it_reads(cast, monkeypatch)
    monkeypatch.setattr(batch_results, "take_in", real)
    to_its_end(run)
    assert max(paid(server).values()) > 1


# --- money ----------------------------------------------------------------------------------------------------------


def kept_well(budget: Budget) -> bool:
    budget.refresh_from_db()
    return (budget.spent, budget.reserved) == budgets.recount(budget)


def test_a_batch_is_reserved_at_half_and_what_is_not_used_comes_back(server, cast):
    server.script.days = [Day(seconds=3600, missing=1)]
    sentence_units(cast)
    run = runs.work_here(begun(cast, budget=Decimal(5)))
    budget = Budget.objects.get(run=run)
    assert kept_well(budget) and budget.spent == 0 and budget.reserved == sum(Generation.objects.values_list("reserved", flat=True)) > 0
    server.desk.kept["batch_1"].day.seconds = 0
    to_its_end(run)
    assert kept_well(budget) and budget.reserved == 0 and 0 < budget.spent == runs.summary(run).cost


def test_what_a_cap_has_no_room_for_waits_until_a_batch_gives_money_back(server, cast):
    made = sentence_units(cast)
    run = begun(cast, budget=Decimal("0.03"))
    to_its_end(run)
    budget = Budget.objects.get(run=run)
    assert kept_well(budget) and budget.spent <= budget.hard
    assert len(server.desk.kept) > 2 and texts_of(made) == TABLE


def test_calls_do_not_stand_and_wait_for_money_that_batches_hold(server, cast):
    server.script.days = [Day(seconds=3600)]
    sentence_units(cast)
    caps.set_for(cast.dataset, soft=None, hard=Decimal("0.03"), by=cast.ada)
    runs.work_here(begun(cast))
    sentence_units(cast, ["One more."])
    stopped = runs.work_here(begun(cast, batching=""))
    assert stopped.status == Run.Status.STOPPED and "reserved for batches" in stopped.message


# --- cancelling -----------------------------------------------------------------------------------------------------


def test_a_cancelled_run_cancels_its_batches_and_keeps_what_was_answered(server, cast):
    server.script.days = [Day(seconds=3600, share=0.5)]
    made = sentence_units(cast)
    run = runs.work_here(begun(cast, budget=Decimal(5)))
    runs.cancel(run, by=cast.ada)
    over = Run.objects.get(job__name="cancel_batches")
    assert to_its_end(over).status == Run.Status.DONE and server.desk.kept["batch_1"].status == "cancelled"
    assert outcomes() == {"ok": 6, "transient": 6} and kept_well(Budget.objects.get(run=run))
    assert Budget.objects.get(run=run).reserved == 0 and run.batches.get().status == Batch.Status.CANCELLED
    runs.resume(run, by=cast.ada)
    assert to_its_end(run).status == Run.Status.DONE and texts_of(made) == TABLE and set(paid(server).values()) == {1}


def test_a_batch_that_was_never_sent_is_cancelled_without_a_word_to_the_endpoint(server, cast):
    server.script.faults = [Fault("upload", status=404)]
    sentence_units(cast)
    run = drafted(cast)
    runs.cancel(run, by=cast.ada)
    to_its_end(Run.objects.get(job__name="cancel_batches"))
    assert not Generation.objects.filter(outcome="pending").exists() and run.batches.get().status == "cancelled"
    assert RunItem.objects.filter(run=run, waits_for=None, stage=0).count() == 12
