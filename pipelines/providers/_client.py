"""The connection to one endpoint of OpenAI's protocol: by the official client, with our own limits, and no retries of its own."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx2

from core.errors import Invalid
from core.told import told
from pipelines.outbound import Access, TooLarge, Unreadable, opened
from pipelines.providers._reading import SHOWN, outcome_of, typed
from pipelines.records import ProviderError, Usage

if TYPE_CHECKING:  # it takes a second to load, which is left to the first call
    import openai

LONGEST_BODY = 2_000_000
"""Bytes. No answer to a request of ours is longer; a server that sends more is not listened to any further."""
LONGEST_FILE = 2_000_000_000
"""Bytes of a batch's answers: fifty thousand of them."""
# The whole call has a deadline of its own in pipelines/asking.py; this one notices a server that has gone quiet.
SECONDS_OF_SILENCE = 90.0
SECONDS_TO_CONNECT = 10.0
PATIENCE = httpx2.Timeout(SECONDS_OF_SILENCE, connect=SECONDS_TO_CONNECT)
OPTIONS = {"headers": {}, "params": {}, "max_retries": 0, "timeout": PATIENCE, "follow_redirects": False}
"""All of ``openai.RequestOptions`` that may be said of a call: the client copies its own defaults at length for what is not."""


class Client:
    """One endpoint's client, opened at the first call."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._client: openai.AsyncOpenAI | None = None
        self._opening: asyncio.Future[openai.AsyncOpenAI] | None = None

    async def post(self, path: str, body: dict[str, Any]) -> httpx2.Response:
        """The endpoint's answer as it came: building the client's typed models of it takes longer than all the rest of a call."""
        return await self._call("post", path, body=body, options=OPTIONS)

    async def get(self, path: str) -> httpx2.Response:
        """What the endpoint has there."""
        return await self._call("get", path, options=OPTIONS)

    async def upload(self, file: Path, **said: str) -> httpx2.Response:
        """Send a file with what is said of it, as a form."""
        options = OPTIONS | {"headers": {"Content-Type": "multipart/form-data"}}
        with file.open("rb") as content:
            part = ("file", (file.name, content, "application/jsonl"))
            return await self._call("post", "/files", body=said, files=[part], options=options)

    async def download(self, file_id: str, to: Path) -> None:
        """Have a file of the endpoint's written to a place, as it comes."""
        access = self._access
        url = f"{access.base_url.rstrip('/')}/files/{quote(file_id, safe='')}/content"
        try:
            async with (
                await opened(access, limit=LONGEST_FILE) as client,
                client.stream("GET", url, headers={"Authorization": f"Bearer {access.key or 'none'}"}, timeout=PATIENCE) as answer,
            ):
                if answer.status_code != 200:
                    raise ProviderError(outcome_of(answer.status_code, ""), told(
                        "HTTP {status_code} for the file {file_id}.",
                        status_code=answer.status_code, file_id=self.safe(file_id),
                    ))
                with to.open("wb") as out:
                    async for piece in answer.aiter_bytes():
                        out.write(piece)
        except Invalid as error:
            raise ProviderError("auth", str(error)) from None
        except (httpx2.HTTPError, TooLarge, Unreadable) as error:
            raise ProviderError("transient", told(
                "The file {file_id} did not come whole: {error}",
                file_id=self.safe(file_id), error=self.safe(error),
            )) from None

    async def _call(self, verb: str, path: str, **what: Any) -> httpx2.Response:
        import openai

        try:
            return await getattr(await self._opened(), verb)(path, cast_to=httpx2.Response, **what)
        except openai.OpenAIError as error:
            raise typed(error, self.safe) from None
        except (TooLarge, Unreadable) as error:
            raise ProviderError("schema", str(error), usage=Usage(told=False)) from None

    def safe(self, said: Any) -> str:
        """A little of what an endpoint said, on one line, without the key: what a person may see of it."""
        line = self._access.without_key(" ".join(str(said).replace("\x00", "").split()))
        return line if len(line) <= SHOWN else line[:SHOWN] + "…"

    async def _opened(self) -> "openai.AsyncOpenAI":
        """The client, made by whoever comes first; the others wait for it."""
        if self._client is None:
            self._opening = self._opening or asyncio.ensure_future(self._open())
            try:
                self._client = await asyncio.shield(self._opening)
            finally:
                self._opening = None
        return self._client

    async def _open(self) -> "openai.AsyncOpenAI":
        import openai

        access = self._access
        try:
            to_it_alone = await opened(access, limit=LONGEST_BODY)
        except Invalid as error:  # an address none may connect to: no other request will fare better
            raise ProviderError("auth", str(error)) from None
        return openai.AsyncOpenAI(
            base_url=access.base_url,
            api_key=access.key or "none",
            max_retries=0,  # one layer owns retries: pipelines/asking.py
            http_client=to_it_alone,
        )

    async def close(self) -> None:
        """Let go of the connections; the next call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()
