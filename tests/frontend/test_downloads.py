"""Downloads: whole files and parts of them, for whom, and that nothing else ever leaves the disk."""

import hashlib

import pytest
from django.test import Client

from annotation.models.members import Role
from pipelines.actions import releases
from pipelines.models import ReleaseFile
from tests import world
from tests.released import built, story

pytestmark = pytest.mark.django_db
PATH = "data/pair/sw/test.jsonl"


@pytest.fixture
def release(settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path / "home"
    return built(story())


@pytest.fixture
def published(release):
    releases.publish(release, by=None)
    return release


@pytest.fixture
def data(published):
    return (releases.folder(published) / PATH).read_bytes()


def address(path: str = PATH, version: str = "0.1.0") -> str:
    return f"/d/tale/releases/{version}/files/{path}"


def get(path: str = PATH, *, client: Client | None = None, **headers: str):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return (client or Client()).get(address(path), headers=names)


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_anybody_downloads_every_file_of_a_published_release_with_its_sum(published):
    for file in published.files.all():
        response = get(file.path)
        assert response.status_code == 200
        assert hashlib.sha256(body(response)).hexdigest() == file.sha256
        assert response["ETag"] == f'"{file.sha256}"'
        assert int(response["Content-Length"]) == file.bytes


def test_a_browser_saves_it_and_runs_nothing(data):
    response = get("README.md")
    assert response["Content-Disposition"] == 'attachment; filename="README.md"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox"
    assert response["Content-Type"] == "text/markdown; charset=utf-8"


def test_head_tells_everything_and_sends_nothing(data):
    response = Client().head(address())
    assert (response.status_code, response.content) == (200, b"")
    assert int(response["Content-Length"]) == len(data)
    assert response["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=5-", 5, None), ("bytes=-7", -7, None), ("bytes=3-999999", 3, None), ("bytes=-999999", 0, None)],
)
def test_a_range_is_answered_with_that_part(data, asked, start, end):
    response, part = get(Range=asked), data[start:end]
    assert body(response) == part
    assert int(response["Content-Length"]) == len(part)
    if part == data:
        assert response.status_code == 200
    else:
        first = len(data) + start if start < 0 else start
        assert response.status_code == 206
        assert response["Content-Range"] == f"bytes {first}-{first + len(part) - 1}/{len(data)}"


def test_an_interrupted_download_is_finished_with_a_range(data):
    first = body(get())[:20]
    rest = get(Range="bytes=20-", If_Range=get()["ETag"])
    assert rest.status_code == 206 and first + body(rest) == data


def test_a_range_of_another_file_than_the_one_begun_is_answered_with_the_whole(data):
    response = get(Range="bytes=20-", If_Range='"something else"')
    assert response.status_code == 200 and body(response) == data


@pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused_with_the_size(data, asked):
    response = get(Range=asked)
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{len(data)}"


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "lines=0-1", "bytes=9-3", "bytes=-", "bytes=a-b", "nonsense", "bytes=٣-٤"])
def test_what_is_no_single_range_is_answered_with_the_whole(data, asked):
    response = get(Range=asked)
    assert response.status_code == 200 and body(response) == data


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_who_has_it_gets_no_second_copy(data, form):
    response = get(If_None_Match=form.format(get()["ETag"]))
    assert response.status_code == 304 and response.content == b""
    assert response["ETag"] == get()["ETag"]


def test_who_has_another_one_gets_it(data):
    assert get(If_None_Match='"other"').status_code == 200


OUTSIDE = ["../../../secret.key", "data/../../../../secret.key", "/etc/passwd", "data", "", "README.md/"]
OUTSIDE += ["..%2f..%2fsecret.key", "%00", "README.md%00"]


@pytest.mark.parametrize("path", OUTSIDE)
def test_only_the_listed_paths_lead_anywhere(published, path, settings):
    (settings.DRAGOMAN_HOME / "secret.key").write_text("secret")
    assert get(path).status_code == 404


def test_a_file_put_into_the_folder_is_not_a_file_of_the_release(published):
    (releases.folder(published) / "extra.txt").write_text("extra")
    assert get("extra.txt").status_code == 404


def test_a_listed_file_that_is_gone_is_missing_and_no_server_error(published):
    (releases.folder(published) / PATH).unlink()
    assert get().status_code == 404


def test_nobody_can_write(published):
    assert Client().post(address()).status_code == 405
    assert Client().delete(address()).status_code == 405


def test_an_unpublished_release_is_its_managers_and_for_others_it_is_not_there(release):
    ada = world.person("ada")
    world.join(release.dataset, ada, Role.MANAGER)
    for name in ("bola", "efe"):
        other = Client()
        other.force_login(release.dataset.members.get(user__username=name).user)
        assert get(client=other).status_code == 404
    assert get().status_code == 404
    manager = Client()
    manager.force_login(ada)
    response = get(client=manager)
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]


def test_a_withdrawn_release_is_handed_out_no_more(published):
    releases.yank(published, reason="A label was wrong.", by=None)
    assert get().status_code == 404


def test_a_published_file_costs_one_query(published, django_assert_num_queries):
    with django_assert_num_queries(1):
        body(get())


def test_an_empty_file_is_whole_and_has_no_part(release):
    ReleaseFile.objects.create(release=release, path="empty", bytes=0, sha256=hashlib.sha256(b"").hexdigest())
    (releases.folder(release) / "empty").touch()
    releases.publish(release, by=None)
    assert get("empty").status_code == 200 and body(get("empty")) == b""
    assert get("empty", Range="bytes=0-").status_code == 416
