"""Downloads: a release's files, whole or in part; only what its list of files names ever leaves the disk."""

import re
from pathlib import Path
from typing import BinaryIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path as route
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from annotation import policies
from pipelines.actions import releases
from pipelines.models import Release, ReleaseFile

TYPES = {
    ".md": "text/markdown; charset=utf-8",
    ".json": "application/json",
    ".jsonl": "application/jsonl; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
}
ONE_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})", re.ASCII)


class Slice:
    """So many bytes of an open file, from where it stands."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file, self.left = file, size

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(data)
        return data

    def close(self) -> None:
        self.file.close()


@require_safe
def download(request: HttpRequest, slug: str, version: str, path: str) -> HttpResponseBase:
    """One file: 200, or 206 for a range of it, 304 for who has it, 416 for a range it has not."""
    file = _file(request, slug, version, path)
    etag = f'"{file.sha256}"'
    if _has(request.headers.get("If-None-Match", ""), etag):
        return _described(HttpResponse(status=304), file, etag)
    wanted = _range(request, file.bytes, etag)
    if wanted is None:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{file.bytes}"
        return _described(refused, file, etag)
    start, end = wanted
    response = _body(request, releases.folder(file.release) / file.path, start, end)
    response["Content-Type"] = TYPES.get(Path(file.path).suffix, "text/plain; charset=utf-8")
    response["Content-Length"] = end - start
    response["Content-Disposition"] = f'attachment; filename="{Path(file.path).name}"'
    if end - start != file.bytes:
        response.status_code = 206
        response["Content-Range"] = f"bytes {start}-{end - 1}/{file.bytes}"
    return _described(response, file, etag)


def _file(request: HttpRequest, slug: str, version: str, path: str) -> ReleaseFile:
    """The row of exactly that path, if this person may read its release."""
    files = ReleaseFile.objects.select_related("release__dataset")
    wanted = {"release__dataset__slug": slug, "release__version": version, "path": path}
    # PostgreSQL takes no NUL even to look for it.
    file = files.filter(**wanted).first() if "\x00" not in version + path else None
    if file is None or not policies.read_release(request.user, file.release):
        raise Http404(_("There is no such file, or it is not for you."))
    return file


def _range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """First byte and end of what is asked for, all of it unless one range holds; None for a range there is not."""
    asked = ONE_RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    unchanged = request.headers.get("If-Range", etag) == etag
    # A range of another kind or of several parts may be answered with the whole (RFC 9110, 14.2).
    if request.method != "GET" or not asked or not unchanged or asked[1] == asked[2] == "":
        return 0, size
    if not asked[1]:
        last = int(asked[2])
        return (max(size - last, 0), size) if last and size else None
    start, end = int(asked[1]), int(asked[2]) + 1 if asked[2] else size
    if end <= start and asked[2]:
        return 0, size  # the last byte before the first: no range at all
    return (start, min(end, size)) if start < size else None


def _body(request: HttpRequest, file: Path, start: int, end: int) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse()
    try:
        opened = file.open("rb")
    except FileNotFoundError:
        raise Http404(_("This file is missing on the server: build the release again.")) from None
    opened.seek(start)
    return FileResponse(Slice(opened, end - start))


def _has(if_none_match: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags


def _described(response: HttpResponseBase, file: ReleaseFile, etag: str) -> HttpResponseBase:
    """What every answer says: which bytes these are, and that no browser may run them."""
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    if file.release.status == Release.Status.PUBLISHED:
        # Not for ever: a release may be withdrawn.
        patch_cache_control(response, public=True, max_age=3600)
    else:
        patch_cache_control(response, private=True, no_store=True)
    return response


urlpatterns = [
    route("d/<slug:slug>/releases/<str:version>/files/<path:path>", download, name="download"),
]
