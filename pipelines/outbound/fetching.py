"""Fetching a file from a URL: each hop is checked like the first, nothing is sent along, and there is a limit to its length."""

import asyncio
import re
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import unquote, urljoin

import httpx2

from core.errors import Invalid
from core.told import told
from pipelines.outbound.allowed import AllowList
from pipelines.outbound.bounded import TooLarge, Unreadable
from pipelines.outbound.checking import Checked, checked
from pipelines.outbound.pinned import client

HOPS = 3
MOVED = (301, 302, 303, 307, 308)
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Fetched:
    """What came: the address it came from as it may be shown, what its server calls this version, and how many bytes."""

    name: str
    url: str
    etag: str
    bytes: int


def fetch(url: str, to: BinaryIO, *, allow: AllowList, limit: int, seconds: float) -> Fetched:
    """Write what a URL holds to a file; `Invalid`, in a sentence without a word of the answer, when it cannot be had.

    At most three redirects, each checked like the URL itself; none leads from https to http. No key or cookie is sent.
    """
    return asyncio.run(_fetched(url, to, allow, limit, seconds))


async def _fetched(url: str, to: BinaryIO, allow: AllowList, limit: int, seconds: float) -> Fetched:
    try:
        async with asyncio.timeout(seconds):
            for _ in range(1 + HOPS):
                place = await asyncio.to_thread(checked, url, allow=allow)
                found = await _one(place, to, limit)
                if isinstance(found, Fetched):
                    return found
                url = _next(place, found)
    except TimeoutError:
        raise Invalid(told("The file did not come within {seconds:g} seconds.", seconds=seconds)) from None
    raise Invalid(told("The URL leads on more than {hops} times.", hops=HOPS))


async def _one(place: Checked, to: BinaryIO, limit: int) -> Fetched | str:
    """The file, or where the server says it is."""
    try:
        async with client(place, limit=limit) as http, http.stream("GET", place.url) as answer:
            if answer.status_code in MOVED and "location" in answer.headers:
                return answer.headers["location"]
            if answer.status_code != 200:
                raise Invalid(told(
                    "{host} answered HTTP {status_code}: there is no file to be had.",
                    host=place.host, status_code=answer.status_code,
                ))
            size = 0
            async for piece in answer.aiter_raw():
                size += len(piece)
                await asyncio.to_thread(to.write, piece)
            return Fetched(_name(place.url), _shown(place.url), _etag(answer), size)
    except TooLarge:
        raise Invalid(told(
            "The file is longer than {number:,.0f} MiB, the most that may be fetched.",
            number=limit / MEBIBYTE,
        )) from None
    except Unreadable:
        raise Invalid(told("What {host} sent is packed in a way that cannot be undone.", host=place.host)) from None
    except (httpx2.HTTPError, OSError, ValueError):
        raise Invalid(told("The connection to {host} failed.", host=place.host)) from None


def _next(place: Checked, location: str) -> str:
    url = urljoin(place.url, location)
    if place.url.startswith("https:") and not url.startswith("https:"):
        raise Invalid(told("{host} leads on to an address without https.", host=place.host))
    return url


def _shown(url: str) -> str:
    """Without its query, where a signature may stand that is as good as a password."""
    address, mark, _query = url.partition("?")
    return address + ("?…" if mark else "")


def _name(url: str) -> str:
    """The last part of the path, as a file's name."""
    return re.sub(r"[^\w.\- ]", "_", unquote(url.partition("?")[0]).rpartition("/")[2])[:120] or "file"


def _etag(answer: httpx2.Response) -> str:
    return re.sub(r"[^\x21-\x7e]", "", answer.headers.get("etag", ""))[:200]
