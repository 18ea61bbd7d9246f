"""`manage.py release` and `manage.py evaluate`: one JSON object as the last line, and going on where they were stopped."""

import json

import pytest
from django.core.management import CommandError, call_command

from pipelines.actions import releases
from pipelines.models import Release
from tests.released import story, verified
from tests.world import item

# The progress bar looks at the run from a thread with a connection of its own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tale(settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path / "home"
    return story()


@pytest.fixture
def said(capsys):
    """Run a command under --json; the object it printed last."""

    def run(*words: str) -> dict:
        call_command(*words, "--json")
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    return run


def test_release_freezes_builds_publishes_and_copies_the_files_out(tale, said, tmp_path):
    out = tmp_path / "out"
    told = said("release", "tale", "0.1.0", "--lang", "sw", "--out", str(out), "--publish")
    assert told["status"] == "published" and told["folder"] == str(out)
    assert told["counts"]["pair"] == {"en": {"test": 2}, "sw": {"test": 2}}
    assert told["simulated"] is True and told["recorded"] is True
    assert {file["path"] for file in told["files"]} == {
        str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()
    }


def test_release_said_twice_gives_the_same_bytes(tale, said, tmp_path):
    first = said("release", "tale", "0.1.0", "--lang", "sw", "--out", str(tmp_path / "one"))
    again = said("release", "tale", "0.1.0", "--lang", "sw", "--out", str(tmp_path / "two"))
    assert first["files"] == again["files"]
    for file in first["files"]:
        assert (tmp_path / "one" / file["path"]).read_bytes() == (tmp_path / "two" / file["path"]).read_bytes()


def test_release_goes_on_with_a_build_that_was_begun(tale, said):
    releases.build(releases.freeze(tale, "0.1.0", languages=["sw"], by=None), by=None)
    assert said("release", "tale", "0.1.0")["status"] == "built"
    assert tale.runs.count() == 1


def test_release_of_a_version_with_other_terms_is_refused(tale, said):
    said("release", "tale", "0.1.0", "--lang", "sw")
    with pytest.raises(CommandError, match="is there already, with other minimum"):
        said("release", "tale", "0.1.0", "--minimum", "drafted")


def test_release_writes_into_no_folder_that_holds_anything(tale, said, tmp_path):
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(CommandError, match="is not an empty folder"):
        said("release", "tale", "0.1.0", "--lang", "sw", "--out", str(tmp_path))
    assert not Release.objects.exists()


def test_release_of_a_dataset_that_is_not_there_says_so(db, said):
    with pytest.raises(CommandError, match="There is no dataset 'nothing'"):
        said("release", "nothing", "0.1.0")


def test_evaluate_prints_signed_scores_with_intervals(tale, said):
    questions = [{"stem": f"Q{n}?", "options": ["a", "b"], "answer": 0} for n in range(3)]
    for number, content in enumerate(questions):
        verified(item(tale, "question", content, f"mc-{number}"), {"stem": "S?", "options": ["x", "y"]})
    said("release", "tale", "0.1.0", "--lang", "sw")
    told = said("evaluate", "tale", "0.1.0", "--baseline", "majority", "--lang", "sw")
    [score] = told["scores"]
    assert (score["baseline"], score["kind"], score["language"], score["metric"]) == ("majority", "question", "sw", "accuracy")
    assert score["value"] == 100 and score["interval"] == [100, 100] and score["n"] == 3
    assert score["signature"].startswith("accuracy|v:1|kind:question|lang:sw|split:test|baseline:majority|v:1|train:cv3")


def test_evaluate_of_an_unknown_baseline_names_those_there_are(tale, said):
    said("release", "tale", "0.1.0", "--lang", "sw")
    with pytest.raises(CommandError, match="No baseline 'oracle': there is llm_choice, majority, tfidf_logreg"):
        said("evaluate", "tale", "0.1.0", "--baseline", "oracle", "--lang", "sw")
