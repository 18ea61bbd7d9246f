"""Whatever people do in whatever order: the free slots are what is wanted less what is held and what is answered."""

import pytest
from django.db import connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from annotation import queue
from annotation.actions import assignments, campaigns, members, revising
from annotation.models import Assignment, Campaign, Member, Submission, Task
from core.errors import Conflict, Refused
from tests.world import task, world

pytestmark = pytest.mark.django_db
PEOPLE = st.sampled_from(["bola", "bisi", "ben"])
WHICH = st.integers(min_value=0, max_value=7)
STATUS = Assignment.Status


class Queue(RuleBasedStateMachine):
    """Three annotators, three tasks of two answers each, and a model of who holds and who has answered what."""

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.cast = world()
        self.campaign = self.cast.campaign(overlap=2)
        for number in range(3):
            task(self.campaign, self.cast.drafted(f"{number}.", f"{number}."), needed=2)
        self.holds: dict[str, int] = {}
        self.answered: dict[int, str] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    def works(self, name: str) -> bool:
        live = Campaign.objects.get().status == "live"
        return live and self.cast.member(getattr(self.cast, name)).status == "active"

    @rule(name=PEOPLE)
    def claim(self, name: str) -> None:
        campaign = Campaign.objects.select_related("dataset").get()
        if not self.works(name):
            with pytest.raises(Refused):
                assignments.claim(campaign, by=getattr(self.cast, name))
            return
        got = assignments.claim(campaign, by=getattr(self.cast, name))
        if name in self.holds:
            assert got and got.pk == self.holds[name]
        elif got:
            self.holds[name] = got.pk

    @rule(name=PEOPLE, which=WHICH, text=st.sampled_from(["Moja.", "Mbili."]))
    def submit(self, name: str, which: int, text: str) -> None:
        """Anything the person ever had, on time, late or a second time."""
        ever = list(Assignment.objects.filter(person__username=name).order_by("pk"))
        if not ever:
            return
        mine = ever[which % len(ever)]
        before = Submission.objects.count()
        try:
            assignments.submit(mine, {"content": {"text": text}}, by=mine.person, key=f"{mine.pk} {text}")
        except (Conflict, Refused, ValueError):
            assert Submission.objects.count() == before
            if mine.pk not in self.answered:
                mine.refresh_from_db()
                assert mine.draft == {"content": {"text": text}}, "refused, but not dropped"
            return
        assert self.answered.setdefault(mine.pk, text) == text
        if self.holds.get(name) == mine.pk:
            del self.holds[name]

    @rule(name=PEOPLE, skips=st.booleans())
    def end(self, name: str, skips: bool) -> None:
        if name not in self.holds or self.cast.member(getattr(self.cast, name)).status != "active":
            return
        mine = Assignment.objects.get(pk=self.holds.pop(name))
        if skips:
            assignments.skip(mine, "hard", by=mine.person)
        else:
            assignments.give_back(mine, by=mine.person)

    @rule(names=st.sets(PEOPLE))
    def sweep(self, names: set[str]) -> None:
        """The leases of some people run out, and the sweep comes by."""
        gone = [self.holds.pop(name) for name in names if name in self.holds]
        with connection.cursor() as cursor:
            cursor.execute("UPDATE annotation_assignment SET lease_until = now() - interval '1h' WHERE id = ANY(%s)", [gone])
        assert queue.sweep() == len(gone)

    @rule(name=PEOPLE)
    def suspend_or_reinstate(self, name: str) -> None:
        member = self.cast.member(getattr(self.cast, name))
        if member.status == Member.Status.ACTIVE:
            members.suspend(member, by=self.cast.ada)
            self.holds.pop(name, None)
        else:
            members.reinstate(member, by=self.cast.ada)

    @rule()
    def pause_or_go_on(self) -> None:
        campaign = Campaign.objects.get()
        change = campaigns.pause if campaign.status == "live" else campaigns.open_campaign
        change(campaign, by=self.cast.ada)

    @rule(wanted=st.integers(min_value=1, max_value=3))
    def want_more_or_fewer_answers(self, wanted: int) -> None:
        revising.revise(Campaign.objects.get(), by=self.cast.ada, overlap=wanted)

    @rule(which=WHICH)
    def withdraw(self, which: int) -> None:
        """Whoever was at work on it holds it no more; most tasks stay, or nothing would be left to do."""
        one = Task.objects.order_by("pk")[which % 3]
        if which < 6 or one.status != "open":
            return
        gone = set(one.assignments.filter(status=STATUS.ACTIVE).values_list("pk", flat=True))
        revising.withdraw(one.unit, reason="the source is wrong", by=self.cast.ada)
        self.holds = {name: pk for name, pk in self.holds.items() if pk not in gone}

    @invariant()
    def slots_add_up(self) -> None:
        for one in Task.objects.filter(stage="annotate", status="open"):
            held = one.assignments.filter(status=STATUS.ACTIVE).count()
            accepted = Submission.objects.filter(assignment__task=one).count()
            assert one.open == one.needed - held - accepted

    @invariant()
    def the_rows_say_what_the_model_says(self) -> None:
        held = Assignment.objects.filter(status=STATUS.ACTIVE).values_list("person__username", "pk")
        assert dict(held) == self.holds
        stored = Submission.objects.values_list("assignment", "payload__content__text")
        assert dict(stored) == self.answered

    @invariant()
    def a_task_goes_to_the_expert_exactly_when_all_have_answered(self) -> None:
        for one in Task.objects.filter(status="open"):
            texts = Submission.objects.filter(assignment__task=one).values_list("payload__content__text", flat=True)
            if one.stage == "annotate":
                assert len(texts) < one.needed
            else:
                tied = len(texts) == 2 and len(set(texts)) == 2
                assert texts and one.stage == ("adjudicate" if tied else "verify")



def test_no_order_of_doings_makes_slots_or_loses_answers():
    run_state_machine_as_test(
        Queue, settings=settings(max_examples=25, stateful_step_count=25, deadline=None, derandomize=True, database=None)
    )
