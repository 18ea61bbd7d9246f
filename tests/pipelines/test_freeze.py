"""Freezing: which rows a release holds, what stands in them, and that nothing changes them afterwards."""

import pytest
from django.db import DatabaseError, connection, transaction

from annotation.actions import assignments, campaigns, quality
from annotation.models import Campaign, Item, Unit
from core.errors import Conflict, Invalid, Refused
from core.models import Event, User
from pipelines.actions import releases
from pipelines.models import Release, ReleaseFile
from tests import world as cast
from tests.released import built, pair, story, verified
from tests.world import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def tale():
    return story()


@pytest.fixture
def frozen(tale):
    return releases.freeze(tale, "0.1.0", languages=["sw"], by=None)


def row(release: Release, key: str, language: str = "sw"):
    return release.items.get(key=key, language=language)


def test_a_reference_to_one_text_becomes_that_text_in_the_rows_language(frozen):
    assert row(frozen, "p1").record == {
        "id": "pair/p1",
        "key": "p1",
        "lang": "sw",
        "split": "test",
        "premise": "Kivuko kilibeba mabasi 15.",
        "hypothesis": "Baadhi ya magari yalivuka.",
        "label": "entailment",
    }


def test_a_reference_to_a_richer_kind_becomes_an_object(frozen):
    table = {"caption": "Vivuko", "rows": [["Ann", "2"], ["Bo", "3"]], "year": 1999}
    assert row(frozen, "tq1").record["table"] == table
    assert row(frozen, "tq1").record["answer"] == "Bo"


def test_the_source_languages_rows_come_along(frozen):
    assert row(frozen, "p1", "en").record["premise"] == "The ferry carried 15 buses."
    assert set(frozen.items.values_list("language", flat=True)) == {"en", "sw"}


def test_what_was_written_in_another_language_has_no_row_in_the_sources(tale):
    content = {"stem": "Haraka haraka haina nini?", "options": ["Baraka", "Haraka"]}
    native = Item.objects.create(
        dataset=tale, kind="question", key="own", language="sw", origin="native", content=content | {"answer": 0}, hash="own"
    )
    verified(native, content)
    frozen = releases.freeze(tale, "0.1.0", languages=["sw"], by=None)
    assert [one.language for one in frozen.items.filter(key="own")] == ["sw"]


def test_rows_over_one_premise_are_one_cluster_and_a_row_without_reference_is_its_own(frozen):
    assert {row(frozen, key).cluster for key in ("p1", "p2")} == {"s1"}
    assert row(frozen, "q1").cluster == "q1"


def test_what_is_not_ready_stays_out_and_its_source_too(tale):
    source, target = Item.objects.get(key="s1"), cast.item(tale, "sentence", {"text": "New."}, "s9")
    pair(tale, "p9", source, target, "neutral")
    release = releases.freeze(tale, "0.1.0", languages=["sw"], by=None)
    assert not release.items.filter(key="p9").exists()
    assert release.gate["languages"]["sw"]["pair"] == {
        "ready": 2, "total": 3, "missing": {"new": 1, "drafted": 0, "rejected": 0},
    }  # fmt: skip


def test_a_release_does_not_tell_which_of_its_texts_are_gold(tale, frozen):
    campaign, annotator = tale.campaigns.get(), cast.person("newcomer")
    cast.join(tale, annotator, "annotator", languages=("sw",))
    campaign.status, campaign.gold_rate = "live", 1
    campaign.save()
    campaign.tasks.update(status="done")
    known = Unit.objects.get(item__key="s1", language="sw")
    gold = quality.make_gold(campaign, known, expected={"content": known.current.content}, by=None)
    cast.task(campaign, cast.drafted(cast.unit(cast.item(tale, "sentence", {"text": "New."}, "s8")), "Mpya."))
    mine = assignments.claim(campaign, by=annotator)
    assert mine.task == gold.task
    assignments.submit(mine, {"content": {"text": "Kivuko."}}, by=annotator, key="gold")
    again = releases.freeze(tale, "0.2.0", languages=["sw"], by=None)
    before, after = (row(one, "p1").provenance["texts"][1] for one in (frozen, again))
    assert len(after["submissions"]) == len(before["submissions"]) == 2 and after["rounds"] == before["rounds"]


def test_provenance_tells_of_every_text_whence_it_came_and_who_looked_at_it(frozen):
    own, premise, _ = row(frozen, "p1").provenance["texts"]
    assert own["item"] == "pair/p1"
    assert (premise["field"], premise["item"], premise["origin"]) == ("premise", "sentence/s1", "post-edited")
    assert (premise["status"], premise["verified_by"], premise["rounds"]) == ("verified", "p-000000000002", 1)
    draft, edit = premise["translations"]
    assert draft["made_by"]["translate"] == "replay:demo|prompt:translate:00000000"
    assert [(one["check"], one["verdict"]) for one in draft["findings"]] == [("numbers", "fail"), ("script", "ok")]
    assert edit["by"] == "p-000000000001" and edit["hash"] == premise["hash"]
    annotate, verify = premise["submissions"]
    assert (annotate["by"], annotate["role"], annotate["stage"]) == ("p-000000000001", "annotator", "annotate")
    assert (verify["by"], verify["decision"], verify["rating"]) == ("p-000000000002", "accept", 4)


def test_a_label_that_people_gave_goes_with_the_row_with_its_votes_and_how_sure_it_is(tale):
    campaign = campaigns.create(
        tale, by=None, slug="relabel", name="Labels again", task_type="relabel", overlap=2, verification="none",
        languages=["sw"], admission={"kinds": ["pair"], "status": ["verified"]}, effects=[{"do": "label"}],
    )  # fmt: skip
    pair_unit = cast.unit(Item.objects.get(dataset=tale, key="p1"), "sw")
    Unit.objects.filter(pk=pair_unit.pk).update(status="composed")
    cast.task(campaign, pair_unit, needed=2)
    Campaign.objects.filter(pk=campaign.pk).update(status="live")
    bola, bisi = User.objects.get(username="bola"), cast.person("bisi")
    cast.join(tale, bisi, "annotator")
    for person in (bola, bisi):
        mine = assignments.claim(campaign, by=person)
        said = {"answers": {"source": "entailment", "target": "neutral"}}
        assignments.submit(mine, said, by=person, key=person.username)
    own = row(releases.freeze(tale, "0.1.0", languages=["sw"], by=None), "p1").provenance["texts"][0]
    label = own["labels"]["relabel"]
    assert label["answers"] == {"source": "entailment", "target": "neutral"}
    assert (label["outcome"], label["confidence"]) == ("agreed", 1.0) and label["aggregator"].startswith("majority")
    assert [one["answers"]["target"] for one in own["submissions"]] == ["neutral", "neutral"]
    assert "status" not in own


def test_no_account_name_address_or_row_number_is_in_it(frozen):
    everything = str(list(frozen.items.values_list("record", "provenance")))
    assert "bola" not in everything and "efe" not in everything and "example.org" not in everything
    assert "'run'" not in everything


def test_a_text_let_through_without_an_expert_names_no_verifier(tale):
    question = cast.item(tale, "question", {"stem": "?", "options": ["a", "b"], "answer": 0}, "q2")
    unit = cast.drafted(cast.unit(question), {"stem": "??", "options": ["c", "d"]})
    Unit.flow.move(unit, "verify", data={"without_expert": True})
    release = releases.freeze(tale, "0.1.0", languages=["sw"], by=None)
    assert "verified_by" not in row(release, "q2").provenance["texts"][0]


def test_a_manager_who_is_no_member_is_known_as_the_administrator(tale):
    question = cast.item(tale, "question", {"stem": "?", "options": ["a", "b"], "answer": 0}, "q2")
    verified(question, {"stem": "??", "options": ["c", "d"]}, by=cast.person("root", is_superuser=True))
    release = releases.freeze(tale, "0.1.0", languages=["sw"], by=None)
    assert row(release, "q2").provenance["texts"][0]["verified_by"] == "administrator"


def test_what_happens_to_the_dataset_later_does_not_reach_the_release(tale, frozen):
    before = row(frozen, "p1").record
    unit = Unit.objects.get(item__key="s1", language="sw")
    Unit.flow.move(unit, "reopen")
    cast.drafted(unit, "Kitu kingine.")
    assert row(frozen, "p1").record == before


def test_freezing_is_on_record(frozen):
    assert Event.objects.get(verb="freeze").data["version"] == "0.1.0"


def test_a_version_is_given_once(tale, frozen):
    with pytest.raises(Conflict, match=r"tale 0\.1\.0 is there already"):
        releases.freeze(tale, "0.1.0", languages=["sw"], by=None)


@pytest.mark.parametrize("version", ["", "1", "1.0", "v1.0.0", "01.0.0", "1.0.0-", "1.0.0/..", "../1.0.0", "1.0.0\n"])
def test_a_version_is_a_semantic_version(tale, version):
    with pytest.raises(Invalid, match="is no version"):
        releases.freeze(tale, version, by=None)


@pytest.mark.parametrize("version", ["0.1.0", "10.20.30", "1.0.0-rc.1", "1.0.0+build.5"])
def test_semantic_versions_are_taken(tale, version):
    assert releases.freeze(tale, version, languages=["sw"], by=None).version == version


def test_nothing_ready_in_a_language_asked_for_is_refused_and_leaves_no_trace(tale):
    with pytest.raises(Conflict, match=r"Nothing is ready in Burmese \(my\)"):
        releases.freeze(tale, "0.1.0", by=None)
    assert not Release.objects.exists()


def test_only_a_manager_freezes():
    people = world()
    for user in (people.bola, people.efe, people.zed, people.olu):
        with pytest.raises(Refused):
            releases.freeze(people.dataset, "0.1.0", by=user)


@pytest.fixture
def published(tale, settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path
    release = built(tale)
    releases.publish(release, by=None)
    return release


CHANGES = {
    "a row is changed": lambda release: release.items.update(record={}),
    "a row is deleted": lambda release: release.items.all().delete(),
    "a row is added": lambda release: release.items.create(
        kind="pair", language="sw", split="test", key="new", cluster="new", record={}, provenance={}
    ),
    "a file's hash is changed": lambda release: release.files.update(sha256="0" * 64),
    "a file is added": lambda release: ReleaseFile.objects.create(release=release, path="x", bytes=1, sha256="0" * 64),
    "the version is changed": lambda release: Release.objects.filter(pk=release.pk).update(version="9.9.9"),
    "the manifest is changed": lambda release: Release.objects.filter(pk=release.pk).update(manifest={}),
}
GUARDED = ("pipelines_release", "pipelines_releaseitem", "pipelines_releasefile")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_of_a_published_release_nothing_changes(published, change):
    with pytest.raises(DatabaseError, match="is published and never changes"), transaction.atomic():
        change(published)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_control_without_the_triggers_the_same_change_goes_through(published, change):
    with connection.cursor() as cursor:
        # Row changes leave checks of foreign keys pending, and PostgreSQL alters no table while there are any.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER published")
    assert change(published) is not None


def test_a_published_release_can_be_withdrawn_with_a_reason(published):
    with pytest.raises(Invalid, match="Say why"):
        releases.yank(published, reason=" ", by=None)
    releases.yank(published, reason="A label was wrong.", by=None)
    assert Release.objects.get(pk=published.pk).status == "yanked"
