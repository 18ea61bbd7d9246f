"""Thirty people at work over the API: whoever gets no answer asks again with the same key; and what no fault may leave behind."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db import connection
from django.db.models import Count, OuterRef, Q, Subquery

from annotation.models import Campaign, Item, Submission, Task, Translation, Unit
from core.hashing import digest
from core.models import ApiToken, Event, User
from core.serving import Address
from tests.faults.machines import PATIENCE
from tests.world import World, join, person

PEOPLE, TASKS, OVERLAP = 30, 1000, 3
# Of one answer, in seconds: so the work lasts as long as the fault, however fast the machine is.
LONGEST_THOUGHT = 0.4
LONGEST_PAUSE = 0.5


def workplace(cast: World) -> tuple[Campaign, list[User]]:
    """A campaign with more than thirty people get done, three answers to a text; and the people."""
    credit = {"per": "submission", "rate": "0.05"}
    campaign = cast.campaign(overlap=OVERLAP, verification="none", credit=credit)
    texts = [{"text": f"Sentence number {number}."} for number in range(TASKS)]
    items = Item.objects.bulk_create(
        Item(dataset=cast.dataset, kind="sentence", key=str(n), language="en", content=text, hash=digest(text))
        for n, text in enumerate(texts)
    )
    units = Unit.objects.bulk_create(Unit(item=item, language="sw", status="drafted", route="people") for item in items)
    draft = {"text": "Sentensi."}
    Translation.objects.bulk_create(Translation(unit=unit, content=draft, hash=digest(draft), origin="machine") for unit in units)
    Unit.objects.update(current=Subquery(Translation.objects.filter(unit=OuterRef("pk")).values("pk")[:1]))
    Task.objects.bulk_create(Task(campaign=campaign, unit=unit, language="sw", needed=OVERLAP, open=OVERLAP) for unit in units)
    people = [person(f"person-{number}") for number in range(PEOPLE)]
    for one in people:
        join(cast.dataset, one, "annotator")
    return campaign, people


@dataclass
class Crowd:
    """People who claim and answer one text after another, and what each of them was told."""

    address: Address
    campaign: Campaign
    people: list[User]
    # The careless client of the control tests: a new key for every attempt, not for every answer.
    new_keys: bool = False
    kept: list[tuple[int, int, str]] = field(default_factory=list)  # acknowledged: submission, assignment, text
    refused: list[str] = field(default_factory=list)
    turned_away: list[tuple[int, bytes]] = field(default_factory=list)  # status and body of each 5xx
    broken: list[str] = field(default_factory=list)  # connections that ended without an answer
    problems: list[str] = field(default_factory=list)
    _home: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Everybody works while inside; in the end all bring home the answer they are at."""
        tokens = [ApiToken.issue(one, name="robot", scopes=["work"])[1] for one in self.people]
        threads = [threading.Thread(target=self._sit_down, args=(token,), daemon=True) for token in tokens]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._home.set()
            for thread in threads:
                thread.join()
            connection.close()  # which may be to a server that is gone

    def _sit_down(self, token: str) -> None:
        line = Line(self.address, token)
        try:
            self._work(line)
        except Exception as problem:
            self.problems.append(f"{type(problem).__name__}: {problem}")
        finally:
            line.close()

    def _work(self, line: "Line") -> None:
        task = None
        while not self._home.is_set():
            task = task or self._insist(line, f"/api/campaigns/{self.campaign.pk}/claim", {}, 0)
            assert task, "nothing is left, before the end of the test"
            time.sleep(random.uniform(0, LONGEST_THOUGHT))
            task = self._answer(line, task["assignment"])

    def _answer(self, line: "Line", assignment: int) -> dict[str, Any] | None:
        """Answer with a text that nobody else writes; returns the next task."""
        text = f"Jibu {uuid4()}."
        body = {"payload": {"content": {"text": text}}}
        said = self._insist(line, f"/api/assignments/{assignment}/submit?next=1", body, assignment)
        if said is None:
            return None
        self.kept.append((said["submission"]["id"], assignment, text))
        return said["next"]

    def _insist(self, line: "Line", path: str, body: dict[str, Any], assignment: int) -> dict[str, Any] | None:
        """Ask until there is an answer, whatever happens to the server; None where there is nothing, or no."""
        key, deadline = str(uuid4()), time.monotonic() + PATIENCE
        while True:
            try:
                status, said = line.post(path, body, key)
            except TimeoutError:
                raise AssertionError(f"no answer to {path}, and no end of the connection either") from None
            except (OSError, http.client.HTTPException) as problem:
                self.broken.append(type(problem).__name__)
            else:
                if status < 400:
                    return json.loads(said) if said else None
                if status < 500:
                    self.refused.append(f"{status} for {assignment}: {said!r}")
                    return None
                self.turned_away.append((status, said))
            assert time.monotonic() < deadline, f"{path}: asked in vain for {PATIENCE:.0f} s"
            key = str(uuid4()) if self.new_keys else key
            time.sleep(random.uniform(0, LONGEST_PAUSE))


class Line:
    """One person's connection, which is opened anew after it broke."""

    def __init__(self, address: Address, token: str) -> None:
        self.address, self.headers = address, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._open()

    def _open(self) -> None:
        self.to = http.client.HTTPConnection(self.address.host, self.address.port, timeout=PATIENCE)

    def post(self, path: str, body: dict[str, Any], key: str) -> tuple[int, bytes]:
        """Status and body of the answer."""
        try:
            self.to.request("POST", path, json.dumps(body), self.headers | {"Idempotency-Key": key})
            answer = self.to.getresponse()
            return answer.status, answer.read()
        except BaseException:
            self.close()
            self._open()
            raise

    def close(self) -> None:
        self.to.close()


def harm(crowd: Crowd) -> dict[str, list[Any]]:
    """What is wrong after the fault, by kind; empty when every acknowledged answer is there once and everything agrees with it."""
    ours = Submission.objects.filter(assignment__campaign=crowd.campaign)
    stored = Counter(ours.values_list("pk", "assignment", "payload__content__text"))
    kept = Counter(crowd.kept)
    told = Counter(Event.objects.filter(verb="submit").values_list("data__submission", flat=True))
    tasks = crowd.campaign.tasks.annotate(
        answered=Count("assignments", filter=Q(assignments__status="submitted")),
        held=Count("assignments", filter=Q(assignments__status="active")),
        concluded=Count("consensus", distinct=True),
    )
    found = {
        "lost": kept - stored,
        "nobody's": stored - kept,
        "refused": crowd.refused,
        "over-assigned": [one for one in tasks if one.answered + one.held > OVERLAP],
        "miscounted": [one for one in tasks if one.open != OVERLAP - one.answered - one.held],
        "unsettled": [one for one in tasks if (one.status == "done", one.concluded) != (one.answered == OVERLAP,) * 2],
        "untold": [one for one, _, _ in stored if told[one] != 1],
        "unpaid": ours.filter(credit=None),
    }
    return {name: list(one) for name, one in found.items() if one}
