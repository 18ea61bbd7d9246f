"""Money: reserved before each call at the most it can cost, settled after it, and never more than the cap."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import chain

import pytest

from annotation.models import Dataset
from core.errors import Invalid, Refused
from core.models import Event
from pipelines import asking
from pipelines.actions import budgets, drafts, runs
from pipelines.budgets import Purse, recount
from pipelines.generate import each
from pipelines.jobs import Fatal
from pipelines.models import Budget, Generation, Run
from pipelines.prices import Price
from pipelines.providers import provider
from pipelines.records import Generate, Generated, Request
from tests import llm_server
from tests.llm_server import Rule, sentences
from tests.pipelines.test_draft import sentence_units
from tests.world import world

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = sentences(60)


def request(text: str) -> Request:
    messages = ({"role": "system", "content": "Translate."}, {"role": "user", "content": f'<item>\n{{"text": "{text}"}}\n</item>'})
    return Request("translate", "translate:1", messages, {"text": text}, "en", "sw", max_tokens=100)


async def ask(text: str, generate: Generate) -> Generated:
    return await generate(request(text))


@pytest.fixture
def server(monkeypatch) -> Iterator[llm_server.Server]:
    monkeypatch.setattr(asking, "backoff", lambda failures, retry_after: 0.0)
    monkeypatch.setattr(asking, "SECONDS_BETWEEN_LOOKS", 0.02)
    with llm_server.serving(llm_server.Script(table=dict(TABLE), seconds=0.05)) as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        yield running


@pytest.fixture(autouse=True)
def price(monkeypatch) -> Price:
    """A cent a token in, two out."""
    one = Price(date(2026, 1, 1), Decimal(10_000), Decimal(20_000), Decimal(10_000), Decimal("0.5"))
    monkeypatch.setattr("pipelines.ledger.price", lambda *_: one)
    monkeypatch.setattr("pipelines.actions.budgets.price", lambda *_: one)
    return one


@pytest.fixture
def run() -> Run:
    dataset = Dataset.objects.create(slug="d", name="D", schema={"kinds": {}})
    return Run.objects.create(dataset=dataset, job={"name": "draft"})


def asked(run: Run, number: int = 60, concurrency: int = 16) -> int:
    """How many were answered."""
    done = each(list(TABLE)[:number], ask, run=run, provider=provider("openai:some-model"), concurrency=concurrency)
    return sum(one.result is not None for one in chain.from_iterable(done))


def spent() -> Decimal:
    return sum((row.cost for row in Generation.objects.all()), Decimal(0))


def test_with_sixteen_calls_under_way_the_cap_is_never_passed_and_nearly_reached(server, run, price):
    dearest = price.ceiling(request(max(TABLE, key=len)))
    budget = budgets.set_for(run.dataset, soft=None, hard=6 * dearest, by=None)
    with pytest.raises(Fatal, match="budget of this dataset is used up"):
        asked(run)
    budget.refresh_from_db()
    assert budget.hard - dearest < spent() <= budget.hard
    assert (budget.spent, budget.reserved) == (spent(), 0) == (recount(budget)[0], 0)
    # What was reserved for and not used made room for more calls than the cap seems to hold.
    assert len(server.asked) > 6


def test_control_where_nothing_is_reserved_the_calls_under_way_pass_the_cap(server, run, price, monkeypatch):
    def only_what_is_spent(self: Purse, amount: Decimal) -> bool:
        return all(one.spent + self.spent < one.hard for one in self.budgets)

    monkeypatch.setattr(Purse, "takes", only_what_is_spent)
    budget = budgets.set_for(run.dataset, soft=None, hard=price.ceiling(request(max(TABLE, key=len))), by=None)
    with pytest.raises(Fatal):
        asked(run)
    assert spent() > 2 * budget.hard


def test_a_raised_cap_lets_the_run_go_on_and_pays_for_nothing_twice(server, run, price):
    budgets.set_for(run.dataset, soft=None, hard=3 * price.ceiling(request(max(TABLE, key=len))), by=None)
    with pytest.raises(Fatal):
        asked(run)
    budgets.set_for(run.dataset, soft=None, hard=Decimal(1000), by=None)
    assert asked(run) == 60 == len(server.asked)


def test_the_tighter_of_run_and_dataset_holds(server, run, price):
    dearest = price.ceiling(request(max(TABLE, key=len)))
    budgets.set_for(run.dataset, soft=None, hard=1000 * dearest, by=None)
    mine = budgets.set_for_run(run, 2 * dearest)
    with pytest.raises(Fatal, match="budget of this run is used up"):
        asked(run)
    mine.refresh_from_db()
    assert mine.spent == Budget.objects.get(dataset=run.dataset).spent == spent() <= mine.hard


def test_a_budget_that_is_set_up_late_counts_what_was_spent_before(server, run):
    asked(run, 5)
    budget = budgets.set_for(run.dataset, soft=Decimal(1), hard=None, by=None)
    assert budget.spent == spent() > 1 and budget.over_soft
    assert asked(run, 8) == 8  # a soft cap only speaks


def test_a_call_of_which_nobody_tells_the_tokens_counts_at_the_most_it_can_have_cost(server, run, price):
    server.script.rules.append(Rule(hang_up=True, times=1))
    asked(run, 1)
    lost, good = Generation.objects.order_by("pk")
    assert (lost.outcome, lost.estimated, lost.cost) == ("transient", True, price.ceiling(request(next(iter(TABLE)))))
    assert (good.outcome, good.estimated) == ("ok", False) and 0 < good.cost < lost.cost


def test_a_connection_that_never_came_about_costs_nothing(run, monkeypatch):
    monkeypatch.setattr(asking, "backoff", lambda failures, retry_after: 0.0)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert asked(run, 1) == 0
    assert {(row.outcome, row.estimated, row.cost) for row in Generation.objects.all()} == {("transient", False, 0)}


def test_a_capped_dataset_takes_no_model_without_a_price(cast, monkeypatch):
    monkeypatch.setattr("pipelines.actions.budgets.price", lambda *_: None)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    asked_for = {"languages": ["sw"], "provider": provider("openai:some-model"), "by": None}
    with pytest.raises(Invalid, match="some-model has no price"):
        drafts.start(cast.dataset, budget=Decimal(5), **asked_for)
    budgets.set_for(cast.dataset, soft=None, hard=Decimal(5), by=None)
    with pytest.raises(Invalid, match="some-model has no price"):
        drafts.start(cast.dataset, **asked_for)
    drafts.start(cast.dataset, **asked_for | {"provider": provider("replay:demo")})


@pytest.fixture
def cast():
    return world()


def test_only_a_manager_sets_a_budget_and_it_is_on_record(cast):
    with pytest.raises(Refused):
        budgets.set_for(cast.dataset, soft=None, hard=Decimal(5), by=cast.efe)
    budgets.set_for(cast.dataset, soft=Decimal(2), hard=Decimal(5), by=cast.ada)
    assert Event.objects.get(verb="budget").data == {"soft": "2", "hard": "5"}
    assert budgets.set_for(cast.dataset, soft=None, hard=None, by=cast.ada) is None and not Budget.objects.exists()


@pytest.mark.parametrize(("soft", "hard"), [("5", "2"), ("-1", None), (None, "1000000")])
def test_caps_that_make_no_sense_are_refused(cast, soft, hard):
    with pytest.raises(Invalid):
        budgets.set_for(cast.dataset, soft=soft and Decimal(soft), hard=hard and Decimal(hard), by=None)


def test_a_pilot_of_twenty_says_what_all_would_cost(server, cast):
    sentence_units(cast, list(TABLE))
    run = runs.work_here(drafts.start(cast.dataset, languages=["sw"], provider=provider("openai:some-model"), by=None, pilot=True))
    found = drafts.projection(run)
    assert (found.units, found.of) == (20, 60) and 0 < found.low <= found.cost <= found.high
    whole = runs.work_here(drafts.start(cast.dataset, languages=["sw"], provider=provider("openai:some-model"), by=None))
    assert whole.items.count() == 40 and drafts.projection(whole) is None
    assert found.low <= spent() <= found.high


def test_the_interval_of_a_projection_is_students(run):
    run.items.bulk_create(run.items.model(run=run, status="done", result={"cost": str(c), "saved": "0"}) for c in (1, 2, 3))
    found = budgets.projection(run, 10)
    # mean 2, standard error 0.57735, t(0.975, 2) = 4.302653: 2 ± 2.484138 a unit, and no cost is below nothing
    assert (found.cost, found.low, found.high) == (20, 0, Decimal("44.841377"))
