"""Who may do what: the whole table, each right by each of the cast."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from annotation import policies, queue
from annotation.models import Assignment, Campaign, Member
from tests.world import task, world

pytestmark = pytest.mark.django_db
# + allowed, - denied. `sus` is Ben, suspended; `op` is the operator at the command line; `anon` has not signed in.
TABLE = """
                 ada bola efe sus zed olu admin op anon
create_dataset    -   -    -   -   -   -   +    +   -
manage            +   -    -   -   -   -   +    +   -
read_dataset      +   +    +   -   -   -   +    +   -
read_unit         +   -    +   -   -   -   +    +   -
decide            +   -    +   -   -   -   +    +   -
work_in           -   +    +   -   -   -   -    -   -
answer            -   +    -   -   -   -   -    -   -
read_draft        +   -    -   -   -   -   +    +   -
read_published    +   +    +   +   +   +   +    +   +
"""
HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CASES = [(row[0], who, mark == "+") for row in ROWS for who, mark in zip(HEAD, row[1:], strict=True)]


@pytest.fixture
def cast():
    found = world()
    Member.objects.filter(user=found.ben).update(status="suspended")
    return found


def who(cast, name):
    return {"sus": cast.ben, "op": None, "anon": AnonymousUser()}.get(name, getattr(cast, name, None))


def decision(cast, right, user):
    campaign, unit = cast.campaign(), cast.drafted("One.", "Moja.")
    lease = Assignment(task=task(campaign, unit), campaign=campaign, person=cast.bola, stage="annotate")
    release = {"dataset": cast.dataset}
    return {
        "create_dataset": lambda: policies.create_dataset(user),
        "manage": lambda: policies.manage(user, cast.dataset),
        "read_dataset": lambda: policies.read_dataset(user, cast.dataset),
        "read_unit": lambda: policies.read_unit(user, unit),
        "decide": lambda: policies.decide(user, unit),
        "work_in": lambda: policies.work_in(user, campaign),
        "answer": lambda: policies.answer(user, lease),
        "read_draft": lambda: policies.read_release(user, SimpleNamespace(status="built", **release)),
        "read_published": lambda: policies.read_release(user, SimpleNamespace(status="published", **release)),
    }[right]()


@pytest.mark.parametrize(("right", "name", "allowed"), CASES)
def test_the_table_holds(cast, right, name, allowed):
    found = decision(cast, right, who(cast, name))
    assert bool(found) == allowed
    assert found or str(found).endswith("."), "a refusal is a whole sentence"


@pytest.mark.parametrize("name", HEAD)
def test_the_queue_gives_work_to_exactly_those_the_policy_allows(cast, name):
    campaign = cast.campaign()
    for stage in ("annotate", "verify"):
        task(campaign, cast.drafted(f"For {stage}.", "Moja."), stage=stage)
    user = who(cast, name)
    given = bool(user and user.pk and queue.claim(campaign.pk, user.pk))
    assert given == bool(policies.work_in(user, campaign)) == bool(policies.stages_for(user, campaign))


def test_an_expert_of_another_language_sees_and_decides_nothing(cast):
    Member.objects.filter(user=cast.efe).update(languages=["my"])
    unit = cast.drafted("One.", "Moja.", "sw")
    assert not policies.read_unit(cast.efe, unit)
    assert not policies.decide(cast.efe, unit)


def test_a_refusal_to_work_says_how_the_campaign_stands(cast):
    campaign = cast.campaign(status=Campaign.Status.PAUSED)
    assert str(policies.work_in(cast.bola, campaign)) == "This campaign gives out no work: it is paused."


def test_a_deactivated_account_may_nothing(cast):
    for user in (cast.ada, cast.admin):
        user.is_active = False
        assert not policies.manage(user, cast.dataset)
