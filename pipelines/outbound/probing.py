"""Trying an endpoint: one harmless question, and what came of it as a sentence of ours, without a word of the answer."""

import asyncio
import json
from dataclasses import dataclass
from ssl import SSLError

import httpx2
from django.views.decorators.debug import sensitive_variables

from core.errors import Invalid
from core.told import told
from pipelines.outbound.access import Access
from pipelines.outbound.bounded import TooLarge, Unreadable
from pipelines.outbound.pinned import opened

SECONDS = 20.0
LIST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """Whether an endpoint can be used as things stand, and why not."""

    ok: bool
    text: str


def probe(access: Access) -> Answer:
    """Ask an endpoint which models it has: ``GET …/models`` with its key."""
    return asyncio.run(_probed(access))


@sensitive_variables()
async def _probed(access: Access) -> Answer:
    try:
        async with asyncio.timeout(SECONDS), await opened(access, limit=LIST_BYTES) as http:
            headers = {"Authorization": f"Bearer {access.key}"} if access.key else {}
            return _told(await http.get(f"{access.base_url}/models", headers=headers))
    except Invalid as refused:
        return Answer(False, str(refused))
    except (TimeoutError, httpx2.ReadTimeout):
        return Answer(False, told("It did not answer within {seconds:g} seconds.", seconds=SECONDS))
    except (TooLarge, Unreadable):
        return Answer(False, told("It answers, but with more than a list of models, or packed in a way that cannot be undone."))
    except (httpx2.HTTPError, OSError, ValueError) as error:
        if _of_certificate(error):
            return Answer(False, told("Its certificate is not valid for its name."))
        return Answer(False, told("No connection could be made."))


def _told(answer: httpx2.Response) -> Answer:
    status = answer.status_code
    if status in (401, 403):
        return Answer(False, told("It refuses the key (HTTP {status}).", status=status))
    if status == 404:
        return Answer(False, told(
            "It answers, but has no list of models (HTTP 404): look whether the base URL is right, often it ends in /v1.",
        ))
    if 300 <= status < 400:
        return Answer(False, told(
            "It sends us elsewhere (HTTP {status}), where its key must not go: give the address it really has.",
            status=status,
        ))
    if status != 200:
        return Answer(False, told("It answers HTTP {status}.", status=status))
    models = _models(answer.content)
    if models is None:
        return Answer(False, told("It answers, but not as an OpenAI-compatible server does."))
    return Answer(True, told(
        "It answers, and has {models:,} models.",
        models=models,
    ) if models != 1 else told("It answers, and has 1 model."))


def _models(body: bytes) -> int | None:
    try:
        said = json.loads(body)
        return len(said["data"]) if isinstance(said["data"], list) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _of_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, SSLError) or isinstance(getattr(error, "certificate_error", None), Exception):
            return True
        error = error.__cause__ or error.__context__
    return False
