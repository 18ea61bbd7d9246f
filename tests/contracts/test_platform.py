"""Every task type through the whole platform: asked, answered, settled, concluded, compared and exported."""

import orjson
import pytest

from annotation import answers
from annotation.actions import assignments, campaigns
from annotation.agreement.reading import of_dataset
from annotation.inference import infer
from annotation.models import Campaign, Consensus, Dataset, Item, Submission
from annotation.models.members import Role
from frontend import sheet
from tests.contracts.asked import CASES
from tests.world import drafted, item, join, person, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return [person(name) for name in ("bola", "bisi", "ben")]


def opened(case, people) -> Campaign:
    """A dataset of the type's own example, and a campaign that names no aggregator."""
    kinds = {"record": case.kind, "concept": {"fields": {"name": {"type": "text"}}}}
    dataset = Dataset.objects.create(slug="d", name="D", schema={"kinds": kinds}, created_by=people[0])
    dataset.languages.create(tag="es")
    for one in people:
        join(dataset, one, Role.ANNOTATOR, languages=("es",))
    source = item(dataset, "record", case.source, key="=r1")
    drafted(unit(source, "es"), case.target or {k: v for k, v in case.source.items() if case.kind["fields"][k].get("translate")})
    campaign = campaigns.create(
        dataset, slug="asked", name="Asked", task_type=case.asked.spec(), overlap=3, verification="none",
        admission={"kinds": ["record"]}, effects=[{"do": "label"}], by=None,
    )  # fmt: skip
    assert campaigns.open_campaign(campaign, by=None) == 1
    return campaign


@pytest.mark.parametrize("name", CASES)
def test_a_type_goes_through_the_whole_platform(name, people):
    case = CASES[name]
    campaign = opened(case, people)
    for number, one in enumerate(people):
        mine = assignments.claim(campaign, by=one)
        task, _question = sheet.task(mine)
        assert not case.asked.conceals(case.question.kind) & {*task.source, *(task.draft or {})}
        assignments.submit(mine, case.sample(seed=number // 2), by=one, key=f"k{number}")
    assert Consensus.objects.get().signature.startswith(case.asked.aggregator)
    concluded = list(infer(campaign))
    assert concluded and {row.question for row in concluded} <= set(_compared(case, Submission.objects.all()))
    rows = of_dataset(campaign.dataset)
    assert {row.question for row in rows} == set(_compared(case, Submission.objects.all()))
    table = list(answers.rows(campaign))
    assert [row["key"] for row in table] == ["=r1"] * 3 and len({row["annotator"] for row in table}) == 3
    said = case.asked.exported(case.asked.Payload.model_validate(Submission.objects.latest("pk").payload))
    assert set(said) <= set(table[-1])
    assert b"'=r1" in "".join(answers.csv_lines(campaign)).encode(), "no cell is a formula"
    assert [orjson.loads(line)["answer"] for line in answers.json_lines(campaign)] == [row["answer"] for row in table]
    assert Item.objects.filter(origin="native").count() == case.asked.writes_items


def _compared(case, given) -> set[str]:
    return {name for one in given for name in case.asked.compared(case.asked.Payload.model_validate(one.payload))}
