"""Building: the same bytes on every machine and after every death, and files that are there wholly or not at all."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from urllib.parse import urlencode

import pytest
from django.conf import settings as configured
from django.db import connection

from core.errors import Conflict, Refused
from pipelines import building
from pipelines.actions import releases, runs
from pipelines.layout import workshop
from pipelines.models import Release, Run, RunItem
from tests.released import build, built, story
from tests.world import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path / "home"
    return settings.DRAGOMAN_HOME


@pytest.fixture
def tale(home):
    return story()


@pytest.fixture
def release(tale):
    return built(tale)


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_release_has_its_files_in_their_places(release):
    data = [f"data/{kind}/{tag}/test.{end}" for kind in ("pair", "table_question") for tag in ("en", "sw") for end in ("jsonl", "parquet")]
    data += [f"data/question/{tag}/train_set.{end}" for tag in ("en", "sw") for end in ("jsonl", "parquet")]
    others = ["README.md", "SHA256SUMS", "manifest.json", "schema.json", "provenance/en.jsonl", "provenance/sw.jsonl"]
    assert sorted(content(releases.folder(release))) == sorted([*data, *others])
    assert sorted(release.files.values_list("path", flat=True)) == sorted([*data, *others])
    assert release.status == "built"


def test_sha256sum_checks_every_file_but_its_own_list(release):
    folder = releases.folder(release)
    checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    assert len(checked.stdout.splitlines()) == len(content(folder)) - 1


def test_the_rows_of_files_say_what_is_on_the_disk(release):
    on_disk = {path: (len(data), hashlib.sha256(data).hexdigest()) for path, data in content(releases.folder(release)).items()}
    assert {path: (size, sha) for path, size, sha in release.files.values_list("path", "bytes", "sha256")} == on_disk
    assert releases.verify_files(release) == []


def test_the_manifest_counts_lists_and_says_that_the_crowd_was_simulated_and_the_drafts_recorded(release):
    manifest = json.loads((releases.folder(release) / "manifest.json").read_text())
    assert manifest == release.manifest
    assert manifest["counts"]["pair"] == {"en": {"test": 2}, "sw": {"test": 2}}
    assert manifest["simulated"] is True and manifest["recorded"] is True
    assert manifest["frozen_at"] == release.created.date().isoformat()
    assert manifest["made_with"]["pyarrow"]
    listed = {file["path"]: file["sha256"] for file in manifest["files"]}
    assert listed["README.md"] == release.files.get(path="README.md").sha256


def test_files_are_read_only(release):
    for path in releases.folder(release).rglob("*"):
        assert path.is_dir() or path.stat().st_mode & 0o222 == 0


def test_building_again_gives_the_same_bytes(release):
    before = content(releases.folder(release))
    build(release)
    assert content(releases.folder(release)) == before


def test_nothing_is_left_beside_the_release(release):
    build(release)
    assert [path.name for path in releases.folder(release).parent.iterdir()] == ["0.1.0"]


def test_rows_stand_in_bytewise_order_whatever_the_database_sorts_by(tale):
    release = releases.freeze(tale, "0.1.0", languages=["sw"], by=None)
    for key in ("Z", "a", "É", "ä", "10", "9"):
        release.items.create(
            kind="pair", language="sw", split="test", key=key, cluster=key, provenance={},
            record={"id": key, "key": key, "lang": "sw", "split": "test"},
        )  # fmt: skip
    part = {"kind": "pair", "language": "sw", "split": "test", "format": "jsonl"}
    root = releases.folder(release)
    building.write_part(release, part, root)
    keys = [json.loads(line)["key"] for line in (root / building.path_of(part)).read_text().splitlines()]
    assert keys == sorted(keys, key=str.encode) and keys[0] == "10"


class Killed(BaseException):
    """What a SIGKILL is to a process, as far as its files and its transaction go."""


class DiesAt:
    """A system call that kills its process when it is made for the n-th time; and counts how often it was."""

    def __init__(self, monkeypatch, call, at=0):
        self.count, self.at, self.real = 0, at, getattr(os, call)
        monkeypatch.setattr(os, call, self)

    def __call__(self, *args, **kwargs):
        self.count += 1
        if self.count == self.at:
            raise Killed
        return self.real(*args, **kwargs)


def lease_runs_out():
    RunItem.objects.filter(status="leased").update(lease_until="2000-01-01T00:00Z", attempts=0)


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_killed_at_any_step_and_built_on_the_bytes_are_the_same(tale, call):
    release = built(tale)
    wanted, folder = content(releases.folder(release)), releases.folder(release)
    shutil.rmtree(folder)
    step, died = 0, True
    while died:
        step += 1
        # The run is begun anew for every step, and for even ones there is an older build to be put aside.
        died = dies_and_recovers(release, call, step)
        assert content(folder) == wanted
        assert releases.verify_files(release) == []
        if step % 2:
            shutil.rmtree(folder)
    assert step > 1, f"{call} is never made: nothing was tried"


def dies_and_recovers(release, call, step):
    """Build, dying at the n-th such call, and go on with the same run; whether it was called that often."""
    run = releases.build(release, by=None)
    with pytest.MonkeyPatch.context() as patch:
        DiesAt(patch, call, step)
        try:
            runs.work_here(run)
            return False
        except Killed:
            lease_runs_out()
    runs.work_here(run)
    release.refresh_from_db()
    assert release.status == "built"
    return True


def test_a_killed_build_leaves_the_release_unbuilt_until_it_is_whole(tale):
    release = releases.freeze(tale, "0.1.0", languages=["sw"], by=None)
    run = releases.build(release, by=None)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        DiesAt(patch, "fsync", 5)
        runs.work_here(run)
    assert Release.objects.get(pk=release.pk).status == "frozen"
    assert not releases.folder(release).exists() and workshop(release, run.pk).exists()


def test_control_without_a_workshop_a_killed_build_is_seen_half_full(tale, monkeypatch):
    release = releases.freeze(tale, "0.1.0", languages=["sw"], by=None)
    run = releases.build(release, by=None)
    monkeypatch.setattr("pipelines.jobs.build.workshop", lambda release, run_id: releases.folder(release))
    with pytest.raises(Killed):
        DiesAt(monkeypatch, "fsync", 5)
        runs.work_here(run)
    assert 0 < len(content(releases.folder(release))) < 16


def test_a_build_under_way_is_gone_on_with(tale):
    release = releases.freeze(tale, "0.1.0", languages=["sw"], by=None)
    assert releases.build(release, by=None) == releases.build(release, by=None)


def test_a_published_release_is_never_built_again(release):
    releases.publish(release, by=None)
    with pytest.raises(Conflict, match="is published and never changes"):
        releases.build(release, by=None)


def test_a_build_that_comes_after_the_publication_stops_and_touches_nothing(release):
    run = releases.build(release, by=None)
    releases.publish(release, by=None)
    before = {path: path.stat().st_mtime_ns for path in releases.folder(release).rglob("*")}
    assert runs.work_here(run).status == Run.Status.STOPPED
    assert {path: path.stat().st_mtime_ns for path in releases.folder(release).rglob("*")} == before


@pytest.mark.parametrize("harm", ["changed", "missing", "added"])
def test_files_that_are_not_the_ones_that_were_built_are_not_published(release, harm):
    file = releases.folder(release) / ("extra.txt" if harm == "added" else "data/pair/sw/test.jsonl")
    if harm == "missing":
        file.unlink()
    else:
        file.unlink(missing_ok=True)
        file.write_text("other")
    with pytest.raises(Conflict, match="cannot be published"):
        releases.publish(release, by=None)
    assert len(releases.verify_files(release)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_release_whose_files_take_long_to_read_is_published_all_the_same(release, monkeypatch):
    monkeypatch.setattr(releases, "verify_files", lambda one: time.sleep(0.5))
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = 100")
    try:
        releases.publish(release, by=None)
    finally:
        connection.close()
    assert Release.objects.get().status == Release.Status.PUBLISHED


def test_a_frozen_release_without_files_is_not_published(tale):
    with pytest.raises(Conflict, match="cannot publish"):
        releases.publish(releases.freeze(tale, "0.1.0", languages=["sw"], by=None), by=None)


def test_only_a_manager_builds_and_publishes(release):
    zed = person("zed")
    for wish in (releases.build, releases.publish):
        with pytest.raises(Refused):
            wish(release, by=zed)


SCRIPT = "import django; django.setup()\nfrom pipelines.models import Release\nfrom tests.released import build\nbuild(Release.objects.get())"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"},
        {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "2"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": "3", "TZ": "America/St_Johns"},
    ],
)
def test_another_process_under_another_clock_locale_and_hash_seed_writes_the_same_bytes(tale, home, environment, tmp_path):
    release = built(tale)
    wanted = content(releases.folder(release))
    shutil.rmtree(releases.folder(release))
    at = connection.settings_dict
    ours = {
        "DRAGOMAN_HOME": str(home),
        "DRAGOMAN_SECRET_KEY": configured.SECRET_KEY,
        "DATABASE_URL": f"postgres://{at['USER']}@/{at['NAME']}?{urlencode({'host': at['HOST'], 'port': at['PORT']})}",
        "REDIS_URL": configured.REDIS_URL,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=configured.BASE_DIR, env=os.environ | ours | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert content(releases.folder(release)) == wanted
