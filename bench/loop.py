"""Claim and submit over the real API by 32 people at once, beside a bare Django view of the same two statements in the same run."""

import http.client
import json
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connections
from django.db.models import Count

from annotation import queue
from annotation.actions import campaigns, datasets, units
from annotation.models import Assignment, Campaign, Dataset, Item, Member, Submission, Task, Unit
from bench._answer import store
from core.hashing import digest
from core.models import ApiToken, User
from core.prepared import cursor
from core.serving import Address, commands
from core.supervisor import Supervisor

PEOPLE, OVERLAP, TEXTS, TURNS = 32, 3, 100, 5
WARM_UP = 20
SCHEMA = {"kinds": {"sentence": {"fields": {"text": {"type": "text", "translate": True}}}}}
PAYLOAD = {"content": {"text": "Mwalimu alivuka daraja la zamani karibu na soko, polepole, kabla ya mvua."}}
CODE = Path(__file__).resolve().parents[1]


@dataclass
class Turn:
    """What one turn of everybody measured: seconds a pair, the ids that were acknowledged, what went wrong."""

    campaign: Campaign
    pairs: list[float] = field(default_factory=list)
    stored: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.pairs) / self.seconds


@dataclass(frozen=True)
class Door:
    """One way to claim and to answer: each is given the caller's connection; claim answers None when nothing is left."""

    connect: Callable[[], Any]
    claim: Callable[[Any, Campaign, User], int | None]
    submit: Callable[[Any, int, User], int]


def run(say: Callable[[str], None], *, people: int = PEOPLE, texts: int = TEXTS, turns: int = TURNS) -> dict[str, Any]:
    """Pairs a second through our API, through the bare view as Django comes and prepared, and by SQL alone, by their medians."""
    dataset = datasets.create(slug="bench", name="bench", schema=SCHEMA, languages=["sw"], by=None)
    crowd = make_crowd(dataset, people)
    done: dict[str, list[Turn]] = {"api": [], "floor": [], "prepared": [], "sql": []}
    with served("config.wsgi", "bench._floor") as (ours, bare):
        doors = {"api": api(ours), "floor": floor(bare), "prepared": floor(bare, "prepared"), "sql": sql()}
        for door in doors.values():
            take_turn(door, make_campaign(dataset, WARM_UP), crowd)
        for number in range(turns):
            for name, door in doors.items():
                done[name].append(take_turn(door, make_campaign(dataset, texts), crowd))
            say(f"{number + 1}. " + ", ".join(f"{name} {all_[-1].per_second:.0f}/s" for name, all_ in done.items()))
    return {"people": people, "overlap": OVERLAP, "texts": texts, "turns": turns} | _figures(done)


def take_turn(door: Door, campaign: Campaign, crowd: list[User]) -> Turn:
    """Everybody claims and answers as fast as they can until nothing is left."""
    turn = Turn(campaign)
    start = threading.Barrier(len(crowd) + 1)
    threads = [threading.Thread(target=_work, args=(door, turn, person, start)) for person in crowd]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    turn.seconds = time.perf_counter() - began
    return turn


def _work(door: Door, turn: Turn, person: User, start: threading.Barrier) -> None:
    line = door.connect()
    try:
        start.wait()
        while True:
            began = time.perf_counter()
            assignment = door.claim(line, turn.campaign, person)
            if assignment is None:
                return
            turn.stored.append(door.submit(line, assignment, person))
            turn.pairs.append(time.perf_counter() - began)
    except Exception as problem:
        turn.errors.append(f"{type(problem).__name__}: {problem}"[:200])
    finally:
        line.close()


def api(address: Address) -> Door:
    """Our API with tokens: what a program that works for a person does."""

    def headers(person: User) -> dict[str, str]:
        return {"Authorization": f"Bearer {person.bench_token}"}

    return Door(
        connect=lambda: http.client.HTTPConnection(address.host, address.port, timeout=60),
        claim=lambda line, campaign, person: _claimed(line, f"/api/campaigns/{campaign.pk}/claim", headers(person)),
        submit=lambda line, assignment, person: _stored(line, f"/api/assignments/{assignment}/submit", headers(person)),
    )


def floor(address: Address, how: str = "bare") -> Door:
    """The views of `bench._floor`, on the same web server: their statements sent as Django sends them, or prepared as ours."""
    return Door(
        connect=lambda: http.client.HTTPConnection(address.host, address.port, timeout=60),
        claim=lambda line, campaign, person: _claimed(line, f"/{how}/claim/{campaign.pk}/{person.pk}", {}),
        submit=lambda line, assignment, person: _stored(line, f"/{how}/submit/{assignment}", {}),
    )


def sql() -> Door:
    """The same two statements by as many connections, without any web server."""
    return Door(
        connect=lambda: connections["default"],
        claim=lambda line, campaign, person: queue.claim(campaign.pk, person.pk),
        submit=lambda line, assignment, person: store(cursor, assignment, json.dumps(PAYLOAD), str(uuid4())),
    )


def _post(line: http.client.HTTPConnection, path: str, body: dict[str, Any], headers: dict[str, str]) -> tuple[int, bytes]:
    line.request("POST", path, json.dumps(body), {"Content-Type": "application/json", "Host": "localhost", **headers})
    answer = line.getresponse()
    return answer.status, answer.read()


def _claimed(line: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> int | None:
    status, body = _post(line, path, {}, headers)
    if status == 204:
        return None
    if status != 200:
        raise RuntimeError(f"claim answered {status}: {body[:120]!r}")
    return json.loads(body)["assignment"]


def _stored(line: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> int:
    status, body = _post(line, path, {"payload": PAYLOAD}, {"Idempotency-Key": str(uuid4()), **headers})
    if status != 201:
        raise RuntimeError(f"submit answered {status}: {body[:120]!r}")
    return json.loads(body)["submission"]["id"]


@contextmanager
def served(*applications: str) -> Iterator[list[Address]]:
    """A web server as `manage.py up` starts it, for each of these applications."""
    with Supervisor(Path(settings.DRAGOMAN_HOME)) as servers:
        addresses = []
        for application in applications:
            addresses.append(_free_address())
            command = commands(addresses[-1], queues="")["web"]
            servers.start(application, [*command[:-1], f"{application}:application"], cwd=CODE)
        for address in addresses:
            while not _answers(address):
                servers.check()
                time.sleep(0.05)
        yield addresses


def _free_address() -> Address:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Address("127.0.0.1", probe.getsockname()[1])


def _answers(address: Address) -> bool:
    """Whether anything answers; what it thinks of the question is not the question."""
    line = http.client.HTTPConnection(address.host, address.port, timeout=10)
    try:
        line.request("GET", "/api/", headers={"Host": "localhost"})
        return bool(line.getresponse().status)
    except OSError:
        return False
    finally:
        line.close()


def make_crowd(dataset: Dataset, number: int) -> list[User]:
    people = [User.objects.create(username=f"bench-{one}", password="!") for one in range(number)]
    for person in people:
        Member.objects.create(dataset=dataset, user=person, role="annotator", languages=["sw"])
        _, person.bench_token = ApiToken.issue(person, name="bench", scopes=["work"])
    return people


def make_campaign(dataset: Dataset, texts: int) -> Campaign:
    """A live campaign over so many fresh sentences, each already drafted."""
    first = Item.objects.count()
    contents = [{"text": f"The teacher crossed old bridge number {first + n} slowly before the rain."} for n in range(texts)]
    items = Item.objects.bulk_create(
        Item(dataset=dataset, kind="sentence", key=digest(one)[:16], language="en", content=one, hash=digest(one))
        for one in contents
    )
    for unit in Unit.objects.bulk_create(Unit(item=item, language="sw") for item in items):
        text = units.propose(unit, content={"text": "Mwalimu alivuka daraja la zamani."}, origin="machine")
        units.draft(unit, text, route="people")
    number = dataset.campaigns.count()
    admission = {"status": ["drafted"]}
    dataset.campaigns.filter(status="live").update(status="closed")
    row = campaigns.create(dataset, slug=f"turn-{number}", name="Turn", overlap=OVERLAP, admission=admission, by=None)
    Unit.objects.exclude(item__in=items).update(status="verified")
    campaigns.open_campaign(row, by=None)
    return row


def _figures(done: dict[str, list[Turn]]) -> dict[str, Any]:
    cuts, bare = (statistics.quantiles(_pairs(done[door]), n=100, method="inclusive") for door in ("api", "floor"))
    speed = {name: statistics.median(turn.per_second for turn in turns) for name, turns in done.items()}
    return {
        "per_second": round(speed["api"], 1),
        "p50_ms": round(cuts[49] * 1000, 1),
        "p95_ms": round(cuts[94] * 1000, 1),
        "p99_ms": round(cuts[98] * 1000, 1),
        "floor_per_second": round(speed["floor"], 1),
        "floor_p95_ms": round(bare[94] * 1000, 1),
        "ratio": round(speed["api"] / speed["floor"], 3),
        "prepared_floor_per_second": round(speed["prepared"], 1),
        "prepared_ratio": round(speed["api"] / speed["prepared"], 3),
        "sql_per_second": round(speed["sql"], 1),
        "all": {name: [round(turn.per_second, 1) for turn in turns] for name, turns in done.items()},
        **spoiled(done["api"]),
    }


def _pairs(turns: list[Turn]) -> list[float]:
    return [pair for turn in turns for pair in turn.pairs]


def spoiled(turns: list[Turn]) -> dict[str, Any]:
    """What must not be: tasks with more answers than were wanted, answers acknowledged but not stored, errors."""
    acknowledged = [one for turn in turns for one in turn.stored]
    there = set(Submission.objects.filter(pk__in=acknowledged).values_list("pk", flat=True))
    ours = Task.objects.filter(campaign__in=[turn.campaign for turn in turns])
    given = Assignment.objects.filter(task__in=ours, stage="annotate").values("task").annotate(made=Count("pk"))
    errors = [problem for turn in turns for problem in turn.errors]
    return {
        "pairs": len(acknowledged),
        "over_assigned": given.filter(made__gt=OVERLAP).count(),
        "unfinished": ours.count() - given.filter(made=OVERLAP).count(),
        "lost": len(acknowledged) - len(there),
        "errors": len(errors),
        "first_error": errors[0] if errors else "",
    }
