"""Having requests answered: each paid once, tried again by the kind of failure, and all of it on record."""

import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from annotation.models import Dataset
from core.hashing import digest
from pipelines import asking, ledger, prices
from pipelines.asking import NotNow, request_hash
from pipelines.generate import Done, each
from pipelines.jobs import Fatal
from pipelines.models import Generation, Run
from pipelines.prices import Price
from pipelines.prompts import Prompt
from pipelines.providers import Provider, provider
from pipelines.records import Generate, Generated, NotGenerated, Request, Usage
from tests import llm_server
from tests.llm_server import Rule, sentences

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = sentences(20)
ON_CONFLICT = "ON CONFLICT (request_hash) WHERE outcome IN ('pending', 'ok') DO NOTHING"
OUTCOME = Generation.Outcome


def request(text: str) -> Request:
    prompt = Prompt("translate")
    data = {"text": text}
    messages = prompt.messages(source="English", target="Swahili", data=data)
    return Request("translate", prompt.signature, messages, data, "en", "sw")


async def ask(text: str, generate: Generate) -> Generated:
    return await generate(request(text))


@pytest.fixture
def server(monkeypatch, scripted) -> Iterator[llm_server.Server]:
    monkeypatch.setattr(asking, "SECONDS_BETWEEN_LOOKS", 0.02)
    with scripted(llm_server.Script(table=dict(TABLE))) as running:
        yield running


@pytest.fixture
def run() -> Run:
    dataset = Dataset.objects.create(slug="d", name="D", schema={"kinds": {}})
    return Run.objects.create(dataset=dataset, job={"name": "draft"})


@pytest.fixture
def priced(server, monkeypatch) -> Price:
    """The model costs one dollar a thousand tokens in, and four out."""
    price = Price(date(2026, 1, 1), Decimal(1000), Decimal(4000), Decimal(500), Decimal("0.5"))
    monkeypatch.setattr("pipelines.ledger.price", lambda *_: price)
    return price


def asked(texts: list[str], run: Run, concurrency: int = 8, who: Provider | None = None) -> list[Done]:
    who = who or provider("openai:some-model")
    return list(chain.from_iterable(each(texts, ask, run=run, provider=who, concurrency=concurrency)))


def key_of(who: Provider, asked_for: Request) -> str:
    return request_hash(digest(who.identity()), asked_for)


def outcomes() -> list[str]:
    return list(Generation.objects.order_by("pk").values_list("outcome", flat=True))


def test_every_answer_is_on_record_with_its_bill(server, run):
    done = asked(list(TABLE), run)
    assert {one.thing: one.result.content["text"] for one in done} == TABLE
    assert outcomes() == [OUTCOME.OK] * 20
    row = Generation.objects.first()
    assert (row.provider, row.model, row.run, row.endpoint) == ("openai", "some-model", run, server.url)
    assert row.prompt_tokens > 0 and row.seconds > 0 and row.provider_request_id
    assert row.request["messages"][0]["role"] == "system"
    assert done[0].result.signature == f"openai:some-model|prompt:{Prompt('translate').signature}"


def test_an_answer_on_record_costs_no_call(server, run, priced):
    paid = sum(one.cost for one in asked(list(TABLE), run))
    assert paid == sum(row.cost for row in Generation.objects.all()) > 0
    again = asked(list(TABLE), run)
    assert len(server.asked) == 20 == Generation.objects.count()
    assert [(one.cached, one.cost) for one in again] == [(1, 0)] * 20 and sum(one.saved for one in again) == paid


def test_control_another_model_or_prompt_or_endpoint_is_another_request(server, run, monkeypatch):
    given = request("Go.")
    names = {key_of(provider("openai:some-model"), given), key_of(provider("openai:other"), given)}
    changed = Request("translate", "translate:00000000", given.messages, given.input, "en", "sw")
    names.add(key_of(provider("openai:some-model"), changed))
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    names.add(key_of(provider("openai:some-model"), given))
    assert len(names) == 4


def test_the_same_request_at_the_same_time_is_one_call(server, run):
    server.script.seconds = 0.1
    text = next(iter(TABLE))
    done = asked([text] * 8, run)
    assert len(server.asked) == 1 and all(one.result for one in done)


def test_two_workers_at_once_share_the_calls(server, run):
    server.script.seconds = 0.05
    found: list[list[Done]] = []

    def work() -> None:
        try:
            found.append(asked(list(TABLE), run))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.asked) == 20
    assert [len(done) for done in found] == [20] * 3 and all(one.result for done in found for one in done)


def test_control_without_the_one_answer_rule_two_workers_pay_twice(server, run, monkeypatch):
    monkeypatch.setattr("pipelines.ledger._find", lambda cursor, keys: {})
    monkeypatch.setattr("pipelines.ledger.RESERVE", ledger.RESERVE.replace(ON_CONFLICT, ""))
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_answer_per_request")
    try:
        asked(list(TABLE), run)
        asked(list(TABLE), run)
        assert len(server.asked) == 40
    finally:
        Generation.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX one_answer_per_request ON pipelines_generation (request_hash)"
                " WHERE outcome IN ('pending', 'ok')"
            )


def test_a_passing_fault_is_tried_again_each_attempt_a_row(server, run):
    server.script.rules.append(Rule(status=500, times=2))
    done = asked([next(iter(TABLE))], run)
    assert done[0].result
    assert outcomes() == [OUTCOME.TRANSIENT, OUTCOME.TRANSIENT, OUTCOME.OK]


def test_after_five_passing_faults_the_item_comes_later(server, run):
    server.script.rules.append(Rule(status=503))
    done = asked([next(iter(TABLE))], run)
    assert isinstance(done[0].error, NotNow) and not done[0].error.everybody
    assert outcomes() == [OUTCOME.TRANSIENT] * 5


def test_an_endpoint_that_is_down_stops_the_run(server, run):
    server.script.rules.append(Rule(status=503))
    with pytest.raises(Fatal, match="does not answer.*HTTP 503"):
        asked(list(TABLE), run, concurrency=2)
    assert len(server.asked) <= 5 * (asking.FAILURES_IN_A_ROW + 1)


def test_a_short_wait_is_kept_and_a_long_one_gives_the_place_back(server, run, monkeypatch):
    waits: list[float | None] = []
    monkeypatch.setattr(asking, "backoff", lambda failures, retry_after: waits.append(retry_after) or 0.0)
    server.script.rules.append(Rule(status=429, headers={"Retry-After": "3"}, times=1))
    assert asked([next(iter(TABLE))], run)[0].result and waits == [3.0]
    server.script.rules.append(Rule(status=429, headers={"Retry-After": "60"}))
    done = asked(list(TABLE)[1:], run, concurrency=1)
    assert {(type(one.error), one.error.seconds, one.error.everybody) for one in done} == {(NotNow, 60.0, True)}
    assert len(server.asked) == 3  # nobody else asked after the answer that said to wait


@pytest.mark.parametrize("outcome", ["refusal", "schema", "truncated"])
def test_a_bad_answer_is_asked_for_once_more_and_then_final(server, run, outcome):
    bad = {"refusal": {"refusal": "No."}, "schema": {"content": "Basi"}, "truncated": {"finish_reason": "length"}}
    server.script.rules.append(Rule(times=1, **bad[outcome]))
    assert asked([list(TABLE)[0]], run)[0].result
    server.script.rules.append(Rule(**bad[outcome]))
    error = asked([list(TABLE)[1]], run)[0].error
    assert isinstance(error, NotGenerated) and error.outcome == outcome
    assert outcomes() == [outcome, OUTCOME.OK, outcome, outcome]
    assert Generation.objects.filter(outcome=outcome, prompt_tokens__gt=0).count() == 3  # billed, and counted


@pytest.mark.parametrize(("status", "outcome"), [(400, "bad_request"), (404, "bad_request")])
def test_a_bad_request_is_final_at_once(server, run, status, outcome):
    server.script.rules.append(Rule(status=status))
    assert asked([next(iter(TABLE))], run)[0].error.outcome == outcome
    assert outcomes() == [outcome]


@pytest.mark.parametrize("rule", [{"status": 401}, {"status": 429, "error_code": "insufficient_quota"}])
def test_a_refused_key_or_an_empty_purse_stops_at_once(server, run, rule):
    server.script.rules.append(Rule(**rule))
    with pytest.raises(Fatal, match="refuses: HTTP"):
        asked(list(TABLE), run, concurrency=3)
    assert len(server.asked) <= 3  # those under way, and no storm


def test_what_was_under_way_when_the_run_stops_is_kept(server, run):
    texts = list(TABLE)
    server.script.rules += [Rule(text="number 101 ", status=401), Rule(seconds=0.3)]
    results = []
    with pytest.raises(Fatal):
        for done in each(texts, ask, run=run, provider=provider("openai:some-model"), concurrency=4):
            results += done
    assert sum(one.result is not None for one in results) == 3 == outcomes().count(OUTCOME.OK)


def test_a_call_has_a_deadline_no_trickle_can_stretch(server, run, settings):
    settings.CALL_SECONDS = 0.2
    server.script.rules.append(Rule(seconds=1.0, times=1))
    assert asked([next(iter(TABLE))], run)[0].result
    assert outcomes() == [OUTCOME.TRANSIENT, OUTCOME.OK]


def test_a_listener_that_leaves_starts_no_more_calls_and_keeps_those_under_way(server, run):
    server.script.seconds = 0.1
    listening = each(list(TABLE), ask, run=run, provider=provider("openai:some-model"), concurrency=2)
    next(listening)
    listening.close()
    assert len(server.asked) <= 4
    assert outcomes() == [OUTCOME.OK] * len(server.asked)


# --- the ledger ---------------------------------------------------------------------------------------------------


def reserved(run: Run, text: str, seconds_ago: float) -> Generation:
    """A call that somebody reserved so long ago and has not settled."""
    row = Generation.objects.create(
        run=run, request_hash=key_of(provider("openai:some-model"), request(text)), provider="openai", request={}
    )  # fmt: skip
    Generation.objects.filter(pk=row.pk).update(asked=timezone.now() - timedelta(seconds=seconds_ago))
    return row


def test_a_call_of_a_dead_worker_is_settled_as_unknown_and_asked_again(server, run, settings):
    row = reserved(run, next(iter(TABLE)), 1.3 * settings.CALL_SECONDS)
    assert asked([next(iter(TABLE))], run)[0].result
    row.refresh_from_db()
    assert row.outcome == OUTCOME.UNKNOWN and outcomes() == [OUTCOME.UNKNOWN, OUTCOME.OK]


def test_a_call_of_a_living_worker_is_waited_for(server, run):
    row = reserved(run, next(iter(TABLE)), 0)

    def answer_later() -> None:
        time.sleep(0.3)
        Generation.objects.filter(pk=row.pk).update(outcome=OUTCOME.OK, answer={"text": "Basi."})
        connection.close()

    thread = threading.Thread(target=answer_later)
    thread.start()
    done = asked([next(iter(TABLE))], run)
    thread.join()
    assert done[0].result.content == {"text": "Basi."} and server.asked == []


def test_an_answer_that_comes_after_it_was_given_up_is_not_used(server, run):
    """The worker hung so long that another asked again: two were paid, both are on record, and one answer counts."""
    text = next(iter(TABLE))
    server.script.rules.append(Rule(times=1, seconds=3.0, content='{"text": "Late."}'))
    late: list[Done] = []

    def hang() -> None:
        late.extend(asked([text], run))
        connection.close()

    thread = threading.Thread(target=hang)
    thread.start()
    while not outcomes():
        time.sleep(0.02)
    Generation.objects.update(asked=timezone.now() - timedelta(hours=1))
    first = asked([text], run)[0].result.content
    thread.join()
    assert late[0].result.content == first == {"text": TABLE[text]}
    assert outcomes() == [OUTCOME.UNKNOWN, OUTCOME.OK] and len(server.asked) == 2


# --- small parts --------------------------------------------------------------------------------------------------


def test_the_backoff_is_jittered_and_never_sooner_than_asked():
    waits = [asking.backoff(4, None) for _ in range(50)]
    assert len(set(waits)) > 40 and all(0 <= wait <= 8 for wait in waits)
    assert all(5 <= asking.backoff(1, 5.0) <= 6 for _ in range(50))


def test_prices_go_by_endpoint_model_and_day(tmp_path, monkeypatch):
    official, line = "https://api.example.org/v1", '- {endpoint: "https://api.example.org/v1", model: m, since: '
    list_of_ours = tmp_path / "prices.yaml"
    list_of_ours.write_text(
        f'{line}2024-01-01, input: "0.15", output: "0.60"}}\n{line}2999-01-01, input: "9", output: "9"}}\n'
    )
    monkeypatch.setenv("DRAGOMAN_PRICES", str(list_of_ours))
    prices._list.cache_clear()
    assert prices.price(official, "m", date(2026, 1, 1)).cost(Usage(1_000_000, 100_000)) == Decimal("0.21")
    assert prices.price("http://127.0.0.1:8000/v1", "m", date(2026, 1, 1)) is None
    assert prices.price(official, "m", date(2020, 1, 1)) is None
    prices._list.cache_clear()


def test_a_bug_in_a_provider_is_a_failed_call_and_no_open_one(run):
    class Broken(Provider):
        """Fails."""

        name = "broken"
        label = "Broken"

        async def complete(self, request: Request) -> Any:
            raise KeyError("oops")

    error = asked(["Go."], run, who=Broken())[0].error
    assert isinstance(error, NotGenerated) and set(outcomes()) == {OUTCOME.SCHEMA}
