"""The card: its exact front matter, its honesty, and that the `datasets` library loads what it describes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from annotation.models import Dataset, Member
from pipelines.actions import releases
from pipelines.building import schema_of
from pipelines.card import card
from pipelines.facts import facts
from pipelines.models import Release
from tests.released import built, story

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "release"


@pytest.fixture
def release(settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path
    return built(story())


def written(release: Release, path: str = "README.md") -> str:
    return (releases.folder(release) / path).read_text(encoding="utf-8")


def head(release: Release) -> dict:
    return yaml.safe_load(written(release).split("---\n")[1])


def again(release: Release) -> str:
    """The card anew, after a change of what it is written from."""
    return card(release, schema_of(release), facts(release))


def test_the_front_matter_has_exactly_what_the_hub_asks_for(release):
    assert head(release) == {
        "language": ["en", "sw"],
        "license": "cc-by-4.0",
        "pretty_name": "A tale: of ferries",
        "annotations_creators": ["machine-generated"],
        "language_creators": ["found", "machine-generated"],
        "multilinguality": ["translation"],
        "size_categories": ["n<1K"],
        "source_datasets": ["original"],
        "task_categories": ["text-classification", "multiple-choice", "table-question-answering"],
        "tags": ["dragoman", "simulated-crowd"],
        "configs": [
            {"config_name": f"{kind}_{tag}", "data_files": [{"split": split, "path": f"data/{kind}/{tag}/{split}.parquet"}]}
            for kind, split in (("pair", "test"), ("question", "train_set"), ("table_question", "test"))
            for tag in ("en", "sw")
        ],
    }


@pytest.mark.parametrize("path", ["README.md", "data/pair/sw/test.jsonl", "data/table_question/sw/test.jsonl", "provenance/sw.jsonl"])
def test_files_are_the_golden_ones(release, path):
    text = written(release, path)
    if path == "README.md":  # sizes and sums change with pyarrow's version
        text = re.sub(r"\| \d+ \| `[0-9a-f]{64}` \|", "| … | … |", text).replace(f"{release.created:%Y}", "2026")
    golden = GOLDEN / path
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8"), "if it is meant: UPDATE_GOLDEN=1 pytest, and look at the diff"


def test_a_simulated_crowd_and_recorded_drafts_are_named_first_of_all(release):
    body = written(release).split("---\n")[2]
    assert body.index("**SIMULATED CROWD.**") < body.index("**RECORDED drafts.**") < body.index("Written for the tests.")


def test_of_a_real_crowd_and_live_drafts_nothing_of_the_kind_is_said(settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path
    release = built(story(simulated=False))
    rows = list(release.items.all())
    for row in rows:
        row.provenance = {"texts": [{**text, "translations": []} for text in row.provenance["texts"]]}
        row.save()
    text = again(release)
    assert "SIMULATED" not in text and "RECORDED" not in text and "simulated" not in text
    assert yaml.safe_load(text.split("---\n")[1])["annotations_creators"] == ["crowdsourced", "expert-generated"]


def test_one_simulated_member_is_enough_to_say_so(settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path
    tale = story(simulated=False)
    Member.objects.filter(user__username="efe").update(simulated=True)
    assert "SIMULATED CROWD" in again(built(tale))


def test_an_unknown_licence_is_other_with_its_name(release):
    release.terms["licence"] = "our-own-1.0"
    text = again(release)
    assert "license: other\nlicense_name: our-own-1.0\n" in text


def test_a_language_with_a_region_is_told_in_full(release):
    release.terms["languages"] = ["sw", "pt-BR"]
    release.gate["languages"]["pt-BR"] = release.gate["languages"]["sw"]
    found = yaml.safe_load(again(release).split("---\n")[1])
    assert found["language"] == ["en", "sw", "pt"] and found["language_details"] == "en, sw, pt-BR"


def test_norwegian_is_a_language_and_not_a_negation(release):
    release.terms["languages"] = ["sw", "no"]
    release.gate["languages"]["no"] = release.gate["languages"]["sw"]
    assert yaml.safe_load(again(release).split("---\n")[1])["language"] == ["en", "sw", "no"]


def test_the_dataset_as_it_is_called_later_does_not_change_the_card(release):
    before = again(release)
    Dataset.objects.update(name="Another", description="Another", licence="mit")
    assert again(Release.objects.get(pk=release.pk)) == before


LOAD = """
import json, sys
from datasets import get_dataset_config_names, load_dataset
folder = sys.argv[1]
names = get_dataset_config_names(folder)
pair = load_dataset(folder, "pair_sw")
table = load_dataset(folder, "table_question_sw", split="test")
question = load_dataset(folder, "question_en", split="train_set")
print(json.dumps({"names": sorted(names), "pair": list(pair["test"]), "table": table[0], "answer": question[0]["answer"]}))
"""


def test_the_datasets_library_loads_every_config_offline(release, tmp_path):
    ours = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf"), "TQDM_DISABLE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(releases.folder(release))], env=os.environ | ours,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["names"] == [f"{kind}_{tag}" for kind in ("pair", "question", "table_question") for tag in ("en", "sw")]
    assert [row["premise"] for row in found["pair"]] == ["Kivuko kilibeba mabasi 15."] * 2
    assert found["table"]["table"] == {"caption": "Vivuko", "rows": [["Ann", "2"], ["Bo", "3"]], "year": 1999.0}
    assert found["answer"] == 0


def test_what_the_checks_miss_is_published_with_its_interval(release):
    assert "What the automatic checks miss" not in again(release)
    release.gate["audit"] = {"sw": {"audited": 12, "judged": 10, "wrong": 1}}
    text = again(release)
    # Wilson for 1 of 10: 1.8 % to 40.4 %.
    assert "| Swahili (sw) | 12 | 10 | 1 | 10.0% (1.8% to 40.4%) |" in text
    release.gate["audit"]["sw"] |= {"judged": 0, "wrong": 0}
    assert "| 12 | 0 | 0 | not known yet |" in again(release)


def test_the_round_trip_report_stands_in_the_card_where_there_is_one(release):
    assert "came back" not in again(release)
    box = {"name": "sw", "family": "Bantu", "n": 100, "low": 12.5, "q1": 40.0, "median": 55.5, "q3": 70.0, "high": 100.0}
    release.gate["round_trip"] = {"provider": "openai:m", "recorded": False, "signature": ["nrefs:1"], "boxes": [box]}
    text = again(release)
    assert "| Swahili (sw) | Bantu | 100 | 12.5 | 40.0 | 55.5 | 70.0 | 100.0 |" in text and "`openai:m`" in text
    assert "recordings and measure" not in text
    release.gate["round_trip"]["recorded"] = True
    assert "recordings and measure" in again(release)
