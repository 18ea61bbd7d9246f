"""Models as annotators: their answers stand beside people's and are counted nowhere among them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from annotation.actions import assignments, campaigns
from annotation.agreement.reading import of_dataset
from annotation.models import Consensus, Credit, Task, Translation
from annotation.questions import question
from core.errors import Conflict, Refused
from core.models import Event
from pipelines import machine_agreement
from pipelines.actions import annotators, runs
from pipelines.models import Generation, MachineSubmission, Run
from pipelines.providers import provider
from tests import llm_server
from tests.answered import answered
from tests.llm_server import Rule
from tests.world import World, task, world

pytestmark = pytest.mark.django_db(transaction=True)
GOOD = {"answers": {"quality": "good", "culture": "typical"}}
WRONG = {"answers": {"quality": "wrong", "culture": "strange"}}
AT = datetime(2100, 1, 4, 9, tzinfo=UTC)  # after the texts were made


@pytest.fixture
def server(scripted) -> Iterator[llm_server.Server]:
    with scripted(llm_server.Script(rules=[Rule(content=json.dumps(GOOD | {"comment": ""}))])) as running:
        yield running


@pytest.fixture
def cast() -> World:
    return world()


def surveyed(cast: World, texts: int = 1, *, languages: tuple[str, ...] = ("sw",), **changes: Any) -> list[Task]:
    """Tasks of a survey, in each language."""
    survey = {"task_type": {"name": "survey", "params": {}}, "verification": "none"} | changes
    campaign = cast.campaign("survey", **survey)
    return [task(campaign, cast.drafted(f"Text {at}.", f"Matini {at}.", tag)) for tag in languages for at in range(texts)]


def annotated(cast: World, rows: list[Task], **wishes: Any) -> Run:
    wishes = {"provider": provider("openai:some-model"), "by": cast.ada} | wishes
    return runs.work_here(annotators.start(rows[0].campaign, **wishes))


def test_every_task_gets_one_answer_of_the_model_on_record_with_its_call(server, cast):
    rows = surveyed(cast, 3)
    run = annotated(cast, rows)
    found = list(MachineSubmission.objects.order_by("task"))
    assert run.status == "done" and [one.task_id for one in found] == [row.pk for row in rows]
    one = found[0]
    assert one.payload == GOOD | {"comment": ""} and one.annotator.startswith("openai:some-model|prompt:annotate:")
    assert Generation.objects.filter(request_hash=one.request_hash, outcome="ok").count() == 1
    assert (one.guideline, one.recorded, one.run) == (rows[0].campaign.guidelines.first(), False, run)
    assert Event.objects.filter(verb="annotate", subject=f"campaign:{one.campaign_id}", actor=cast.ada).exists()


def test_asked_again_nothing_is_paid_twice_and_no_answer_stands_twice(server, cast):
    rows = surveyed(cast, 2)
    annotated(cast, rows)
    annotated(cast, rows)
    assert server.calls == 2 and MachineSubmission.objects.count() == 2


def test_by_a_new_guideline_it_answers_anew(server, cast):
    rows = surveyed(cast)
    annotated(cast, rows)
    campaigns.revise_guideline(rows[0].campaign, "Be strict.", by=cast.ada)
    annotated(cast, rows)
    assert [one.guideline.version for one in MachineSubmission.objects.order_by("pk")] == [1, 2]
    assert len(machine_agreement.of_campaign(rows[0].campaign)) == 2, "one row for each question, by the newest"


def test_an_answer_on_record_never_changes(server, cast):
    annotated(cast, surveyed(cast))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        MachineSubmission.objects.update(payload={})


def test_what_fails_is_put_back_and_given_up_with_its_reason(server, cast):
    rows = surveyed(cast, 2)
    server.script.rules.insert(0, Rule(text="Text 1.", refusal="I would rather not."))
    run = annotated(cast, rows)
    dead = run.items.get(status="dead")
    assert (dead.error_class, dead.payload["task"]) == ("refusal", rows[1].pk)
    assert MachineSubmission.objects.get().task == rows[0]


def test_a_passing_fault_is_no_loss(server, cast):
    server.script.rules.insert(0, Rule(status=500, times=1))
    rows = surveyed(cast, 2)
    assert annotated(cast, rows).status == "done"
    assert MachineSubmission.objects.count() == 2


def test_only_the_wanted_languages_and_so_many_tasks_are_asked(server, cast):
    rows = surveyed(cast, 3, languages=("sw", "my"))
    annotated(cast, rows, languages=["my"], limit=2)
    assert set(MachineSubmission.objects.values_list("task__language", flat=True)) == {"my"}
    assert server.calls == 2


def test_gold_is_not_put_to_it(server, cast):
    rows = surveyed(cast)
    task(rows[0].campaign, cast.drafted("Gold.", "Dhahabu."), purpose="gold")
    annotated(cast, rows)
    assert [one.task for one in MachineSubmission.objects.all()] == rows


def test_a_campaign_without_tasks_and_people_without_the_right_are_refused(server, cast):
    with pytest.raises(Conflict, match="has no tasks yet"):
        annotators.start(cast.campaign("empty"), provider=provider("openai:some-model"), by=cast.ada)
    rows = surveyed(cast)
    for person in (cast.bola, cast.efe, cast.zed, cast.olu):
        with pytest.raises(Refused):
            annotators.start(rows[0].campaign, provider=provider("openai:some-model"), by=person)
    assert not Run.objects.exists()


# --- never a person -------------------------------------------------------------------------------------------------


def counted(campaign) -> dict[str, Any]:
    """All that an answer of a person leaves behind besides itself."""
    rows = of_dataset(campaign.dataset, campaign=campaign)
    return {
        "tasks": list(campaign.tasks.order_by("pk").values("status", "open", "needed", "stage")),
        "concluded": Consensus.objects.filter(task__campaign=campaign).count(),
        "credits": Credit.objects.count(),
        "votes": sum(row.found.votes for row in rows if not row.week),
        "texts": Translation.objects.filter(unit__tasks__campaign=campaign).count(),
    }


def test_an_answer_of_a_model_fills_no_slot_settles_nothing_earns_nothing_and_is_no_vote(server, cast):
    rows = surveyed(cast, 2, credit={"rate": "1", "unit": "point", "per": "submission"})
    before = counted(rows[0].campaign)
    annotated(cast, rows)
    assert MachineSubmission.objects.count() == 2
    assert counted(rows[0].campaign) == before


def test_the_same_answer_of_a_person_does_all_of_that(cast):
    """The twin: were the model's answer one of a person, it would count."""
    rows = surveyed(cast, 2, credit={"rate": "1", "unit": "point", "per": "submission"})
    before = counted(rows[0].campaign)
    held = assignments.claim(rows[0].campaign, by=cast.bola)
    assignments.submit(held, GOOD | {"comment": ""}, by=cast.bola, key="k")
    after = counted(rows[0].campaign)
    assert after["tasks"] != before["tasks"] and after["concluded"] == 1 and after["credits"] == 1 and after["votes"] > 0


def test_people_are_given_the_tasks_a_model_has_answered(server, cast):
    rows = surveyed(cast)
    annotated(cast, rows)
    assert assignments.claim(rows[0].campaign, by=cast.bola).task == rows[0]


def test_a_model_is_shown_the_text_that_people_saw_and_not_what_came_of_their_answers(server, cast):
    campaign = cast.campaign(verification="none")
    row = task(campaign, cast.drafted("It rains.", "Mvua."))
    held = assignments.claim(campaign, by=cast.bola)
    assignments.submit(held, {"content": {"text": "Mvua inanyesha."}}, by=cast.bola, key="k")
    row = Task.objects.select_related("unit__item__dataset", "unit__current", "campaign").get(pk=row.pk)
    assert question(row).draft == {"text": "Mvua inanyesha."}, "the twin: what is there now is a person's answer"
    assert question(row, as_seen=True).draft == {"text": "Mvua."}
    server.script.rules.insert(0, Rule(content=json.dumps({"content": {"text": "Mvua yaja."}, "comment": ""})))
    annotated(cast, [row])
    assert "inanyesha" not in json.dumps(server.bodies)
    assert MachineSubmission.objects.get().payload["content"] == {"text": "Mvua yaja."}


# --- agreement ------------------------------------------------------------------------------------------------------


def test_agreement_with_people_is_by_language_and_question(server, cast):
    rows = surveyed(cast, 12, languages=("sw", "my"))
    server.script.rules.insert(0, Rule(text="Matini 1", content=json.dumps(WRONG | {"comment": ""})))  # 1, 10 and 11
    for at, row in enumerate(rows):
        hers = WRONG if "Matini 1" in str(row.unit.current.content) else GOOD
        theirs = GOOD if row.language == "my" else hers
        answered(row, (cast.bola, theirs), (cast.bisi, theirs), (cast.ben, theirs if at % 12 else WRONG), at=AT)
    annotated(cast, rows)
    found = {(one.language, one.question): one for one in machine_agreement.of_campaign(rows[0].campaign)}
    assert set(found) == {(tag, name) for tag in ("sw", "my") for name in ("quality", "culture")}
    swahili, burmese = found["sw", "quality"], found["my", "quality"]
    assert (swahili.answered, swahili.tasks, swahili.people) == (12, 12, 3)
    assert swahili.with_people.measures["raw"].value == pytest.approx(35 / 36)
    assert burmese.with_people.measures["raw"].value == pytest.approx((9 * 3 - 1) / 36)
    assert swahili.with_people.measures["cohen"].value > 0.9 > burmese.with_people.measures["cohen"].value
    assert swahili.with_people.measures["alpha"].value > 0.9 > burmese.with_people.measures["alpha"].value
    assert swahili.among_people.votes == 36 and "cohen" in swahili.among_people.measures
    assert swahili.test.advantage > burmese.test.advantage
    assert "Wilcoxon" in swahili.test.reason and swahili.test.epsilon == 0.1


def test_of_experts_a_model_may_fall_short_by_more(server, cast):
    rows = surveyed(cast, audience={"role": "expert"})
    annotated(cast, rows)
    assert machine_agreement.of_campaign(rows[0].campaign)[0].test.epsilon == 0.2


def test_without_people_there_is_nothing_to_agree_with(server, cast):
    rows = surveyed(cast)
    annotated(cast, rows)
    one = machine_agreement.of_campaign(rows[0].campaign)[0]
    assert (one.tasks, one.people, one.test.winning_rate) == (0, 0, None)
    assert one.with_people.measures["raw"].value is None


def test_the_command_asks_and_says_how_far_they_agree(server, cast, capsys):
    rows = surveyed(cast, 2)
    for row in rows:
        answered(row, (cast.bola, GOOD), at=AT)
    call_command("annotate", "xnli", "survey", "--provider", "openai:some-model", "--json")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["answered"], told["given_up"], told["calls"]) == (2, 0, 2)
    raw = [one for one in told["agreement"] if one["measure"] == "raw" and one["between"] == "model and people"]
    assert {one["question"]: one["value"] for one in raw} == {"quality": 1.0, "culture": 1.0}
