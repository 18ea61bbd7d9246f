"""A small dataset on its way to a release: pairs over shared premises, a question, a table; recorded, post-edited, verified."""

from typing import Any

from annotation.models import Assignment, Campaign, Dataset, Finding, Item, Reference, Submission, Translation, Unit
from annotation.models.members import Role
from core.models import User
from pipelines.actions import releases, runs
from pipelines.models import Release, Run
from tests import world
from tests.world import item, translation

SCHEMA: dict[str, Any] = {
    "kinds": {
        **world.SCHEMA["kinds"],
        "table": {
            "fields": {
                "caption": {"type": "text", "translate": True},
                "rows": {"type": "table", "translate": True},
                "year": {"type": "number", "required": False},
            }
        },
        "table_question": {
            "fields": {
                "table": {"type": "ref", "kind": "table"},
                "question": {"type": "text", "translate": True},
                "answer": {"type": "text", "translate": True},
            },
            "answer": "answer",
        },
    }
}
SENTENCES = {
    "s1": ("The ferry carried 15 buses.", "Kivuko kilibeba mabasi 15."),
    "s2": ("Some vehicles crossed.", "Baadhi ya magari yalivuka."),
    "s3": ("Nothing crossed.", "Hakuna kilichovuka."),
}


def story(*, simulated: bool = True) -> Dataset:
    """A dataset `tale` from English into Swahili and Burmese, its Swahili all verified, of its Burmese nothing done."""
    dataset = Dataset.objects.create(
        slug="tale", name="A tale: of ferries", description="Written for the tests.", schema=SCHEMA, licence="CC-BY-4.0"
    )
    for tag in ("my", "sw"):
        dataset.languages.create(tag=tag)
    crowd = _member(dataset, "bola", Role.ANNOTATOR, "p-000000000001", simulated)
    expert = _member(dataset, "efe", Role.EXPERT, "p-000000000002", simulated)
    texts = {key: item(dataset, "sentence", {"text": source}, key) for key, (source, _) in SENTENCES.items()}
    pair(dataset, "p1", texts["s1"], texts["s2"], "entailment")
    pair(dataset, "p2", texts["s1"], texts["s3"], "contradiction")
    question = item(
        dataset, "question", {"stem": "How many buses?", "options": ["15", "50", "None"], "answer": 0}, "q1", "train-set"
    )
    table = item(dataset, "table", {"caption": "Ferries", "rows": [["Ann", "2"], ["Bo", "3"]], "year": 1999}, "t1")
    asked = item(dataset, "table_question", {"table": "t1", "question": "Which is larger?", "answer": "Bo"}, "tq1")
    Reference.objects.create(item=asked, field="table", target=table)
    for key, source in texts.items():
        worked_on(source, {"text": SENTENCES[key][1]}, crowd, expert)
    verified(question, {"stem": "Mabasi mangapi?", "options": ["15", "50", "Hakuna"]}, by=expert)
    verified(table, {"caption": "Vivuko", "rows": [["Ann", "2"], ["Bo", "3"]]}, by=expert)
    verified(asked, {"question": "Kipi ni kikubwa?", "answer": "Bo"}, by=expert)
    return dataset


def _member(dataset: Dataset, name: str, role: str, pseudonym: str, simulated: bool) -> User:
    user = world.person(name)
    world.join(dataset, user, role, pseudonym=pseudonym, simulated=simulated)
    return user


def pair(dataset: Dataset, key: str, premise: Item, hypothesis: Item, label: str, split: str = "test") -> Item:
    """A pair with its references."""
    content = {"premise": premise.key, "hypothesis": hypothesis.key, "label": label}
    row = item(dataset, "pair", content, key, split)
    Reference.objects.create(item=row, field="premise", target=premise)
    Reference.objects.create(item=row, field="hypothesis", target=hypothesis)
    return row


def verified(source: Item, content: dict[str, Any], language: str = "sw", by: User | None = None) -> Unit:
    """The item's unit in a language with a machine's text that somebody has verified."""
    unit = world.drafted(world.unit(source, language), content)
    Unit.flow.move(unit, "verify", by=by)
    return unit


def worked_on(source: Item, content: dict[str, Any], annotator: User, expert: User) -> Unit:
    """A Swahili unit that went the whole way: recorded draft, findings, post-edit, acceptance."""
    unit = world.unit(source, "sw")
    made_by = {"translate": "replay:demo|prompt:translate:00000000", "translate_request": "0" * 64, "run": 7}
    draft = translation(unit, {"text": "Rasimu."}, origin=Translation.Origin.RECORDED, made_by=made_by)
    Finding.objects.create(
        translation=draft, check_name="numbers", verdict="fail", detail="15 is missing.", signature="numbers|v:1"
    )
    Finding.objects.create(translation=draft, check_name="script", verdict="ok", value=1.0, signature="script|v:1")
    edited = translation(unit, content, origin=Translation.Origin.POST_EDITED, parent=draft, author=annotator)
    unit.current, unit.status = edited, Unit.Status.DRAFTED
    unit.save()
    task = world.task(_campaign(source.dataset), unit)
    submitted(task, annotator, "annotate", {"content": content})
    submitted(task, expert, "verify", {"decision": "accept", "rating": 4})
    Unit.flow.move(unit, "verify", by=expert)
    return unit


def _campaign(dataset: Dataset) -> Campaign:
    found, new = Campaign.objects.get_or_create(
        dataset=dataset,
        slug="post-edit",
        defaults={
            "name": "Post-edit, then verify",
            "task_type": {"name": "post_edit"},
            "verify_type": {"name": "verify"},
            "aggregator": {"name": "majority"},
        },
    )
    if new:
        found.guidelines.create(version=1, text="Say what the source says.")
    return found


def submitted(task: Any, person: User, stage: str, payload: dict[str, Any]) -> Submission:
    """An answer that is there, without the way it came."""
    assignment = Assignment(task=task, campaign=task.campaign, person=person, stage=stage, status="submitted")
    assignment.lease_until = task.campaign.created
    assignment.save()
    return Submission.objects.create(
        assignment=assignment,
        payload=payload,
        guideline=task.campaign.guidelines.first(),
        seconds=1.0,
        idempotency_key=f"{task.pk}-{stage}",
        body_hash="0" * 64,
    )


def built(dataset: Dataset, version: str = "0.1.0", *, languages: tuple[str, ...] = ("sw",), **more: Any) -> Release:
    """A release of the dataset with its files."""
    release = releases.freeze(dataset, version, languages=languages, by=None, **more)
    build(release)
    return release


def build(release: Release) -> Run:
    """Build it, here and now; `release` shows its new status."""
    run = runs.work_here(releases.build(release, by=None))
    assert not run.items.exclude(error="").exists(), list(run.items.exclude(error="").values_list("error", flat=True))
    release.refresh_from_db()
    return run

