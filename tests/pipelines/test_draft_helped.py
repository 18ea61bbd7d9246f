"""Drafting with what the dataset knows: what was translated before is not asked again, and what fails its checks is."""

import json
from pathlib import Path

import pytest

from annotation.actions import terms
from annotation.models import Unit
from pipelines.actions import drafts, runs
from pipelines.models import Generation
from pipelines.providers import provider
from tests import world

pytestmark = pytest.mark.django_db(transaction=True)
SOURCE, SWAHILI = "The old king ruled Egypt for 66 years.", "Mfalme mzee alitawala Misri kwa miaka 66."


@pytest.fixture
def cast() -> world.World:
    return world.world()


def verified(cast: world.World, text: str) -> Unit:
    made = world.drafted(world.unit(cast.sentence(SOURCE)), text)
    Unit.objects.filter(pk=made.pk).update(status="verified")
    return made


def drafted(cast: world.World, folder: Path, unit: Unit, **answers: str) -> Unit:
    """The unit after a drafting by a transcript that has these answers, and the way back of each."""
    source = unit.item.content
    lines = [
        {"prompt": name, "source": "en", "target": "sw", "input": source, "output": {"text": text}}
        for name, text in answers.items()
        if name != "back"
    ]
    lines += [
        {"prompt": "back_translate", "source": "sw", "target": "en", "input": {"text": text}, "output": source}
        for text in answers.values()
    ]
    file = folder / "told.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    runs.work_here(drafts.start(cast.dataset, languages=["sw"], provider=provider(f"replay:{file}"), by=None))
    unit.refresh_from_db()
    return unit


def test_a_source_that_was_translated_before_is_not_asked_again_and_is_checked(cast, tmp_path):
    before = verified(cast, SWAHILI)
    unit = drafted(cast, tmp_path, world.unit(cast.sentence(SOURCE)), back=SWAHILI)
    assert unit.current.content == {"text": SWAHILI} and unit.route == "pass"
    told = unit.current.made_by
    assert told["translate"] == "memory|verified"
    assert (told["memory"], told["memory_hash"]) == (before.current_id, before.current.hash)
    assert unit.current.findings.filter(check_name="numbers", verdict="ok").exists()
    assert set(Generation.objects.values_list("request__prompt", flat=True)) == {"back_translate"}


def test_a_remembered_text_that_fails_a_check_is_translated_anew(cast, tmp_path):
    wrong = SWAHILI.replace("66", "99")
    verified(cast, wrong)
    unit = drafted(cast, tmp_path, world.unit(cast.sentence(SOURCE)), translate_again=SWAHILI, back=wrong)
    assert unit.current.content == {"text": SWAHILI}
    assert [one.made_by["translate"].split(":")[0] for one in unit.translations.order_by("pk")] == ["memory|verified", "replay"]


def test_a_lost_region_is_a_failing_finding_and_made_anew(cast, tmp_path):
    source = "Hello {name}, your parcel arrives on Friday."
    right = "Habari {name}, kifurushi chako kitafika Ijumaa."
    unit = world.unit(cast.sentence(source))
    drafted(cast, tmp_path, unit, translate=right.replace("{name}", "⟦9⟧"), translate_again=right.replace("{name}", "⟦1⟧"), back=right)
    first, second = unit.translations.order_by("pk")
    assert first.findings.get(check_name="protected").detail == "{name} of the source is missing."
    assert unit.current == second and second.content == {"text": right}


def test_the_model_is_given_the_glossary_and_what_was_verified(cast, tmp_path):
    terms.add(cast.dataset, "sw", "Egypt", "Misri", locked=True, by=None)
    verified(cast, SWAHILI)
    unit = drafted(cast, tmp_path, world.unit(cast.sentence("Egypt is old.")), translate="Misri ni ya kale.")
    asked = Generation.objects.get(request__prompt="translate").request["messages"][1]["content"]
    assert '<terms>[{"source": "Egypt", "target": "Misri", "locked": true}]</terms>' in asked
    assert SWAHILI in asked.split("<examples>")[1]
    assert unit.status == "drafted"
