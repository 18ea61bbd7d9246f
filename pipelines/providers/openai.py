"""Any endpoint that speaks OpenAI's chat protocol: one that an admin listed, by its name, or the one the environment names."""

import asyncio
import re
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, Literal, Self
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import httpx2
import openai
import orjson
from openai import _types as openai_types
from pydantic import Field, PrivateAttr

from core.errors import Invalid
from pipelines.outbound import Access, TooLarge, Unreadable, environment, opened
from pipelines.outbound.access import OFFICIAL
from pipelines.providers import Provider
from pipelines.providers._answers import read_answer
from pipelines.providers._protocol import allowance, response_format
from pipelines.records import Completion, Outcome, ProviderError, Request, Usage

Safe = Callable[[Any], str]
NAME = re.compile(r"[a-z][a-z0-9-]*")
"""What may stand behind the @ of ``openai:MODEL@ENDPOINT``; ``some-model@2026`` is a model."""
WITHOUT_SCHEMAS: set[tuple[str, str]] = set()
"""Endpoint and model of servers that refused a schema."""
LONGEST_BODY = 2_000_000
"""Bytes. No answer to a request of ours is longer; a server that sends more is not listened to any further."""
# The whole call has a deadline of its own in pipelines/asking.py; this one notices a server that has gone quiet.
SECONDS_OF_SILENCE = 90.0
SECONDS_TO_CONNECT = 10.0
OPTIONS = openai_types.RequestOptions(
    headers={}, params={}, max_retries=0, timeout=openai.Timeout(SECONDS_OF_SILENCE, connect=SECONDS_TO_CONNECT), follow_redirects=False
)
"""All that may be said of a call: the client copies its own defaults at length for what is not."""
LONGEST_WAIT = 600.0
SHOWN = 300


class OpenAI(Provider):
    """A chat model behind any OpenAI-compatible endpoint, by the official client: ``openai:MODEL``, or ``openai:MODEL@ENDPOINT``."""

    name: ClassVar[str] = "openai"
    label: ClassVar[str] = "OpenAI-compatible endpoint"
    main: ClassVar[str] = "model"
    example: ClassVar[dict[str, Any]] = {"model": "some-model"}

    model: str = Field(min_length=1, max_length=120)
    """The model's name as the endpoint knows it."""
    at: str = Field("", max_length=64)
    """The name of a listed endpoint; empty for that of the environment."""
    temperature: float | None = Field(None, ge=0, le=2)
    """Sent only when given: some models refuse it."""
    structured: Literal["auto", "schema", "prompt"] = "auto"
    """Whether the answer's form is sent as a JSON schema: yes, until the server refuses it; always; or never."""

    _client: openai.AsyncOpenAI | None = PrivateAttr(None)
    _opening: asyncio.Future[openai.AsyncOpenAI] | None = PrivateAttr(None)
    _shown: str | None = PrivateAttr(None)
    _given: Access | None = PrivateAttr(None)

    @classmethod
    def read(cls, value: str) -> dict[str, Any]:
        model, at_sign, name = value.rpartition("@")
        return {"model": model, "at": name} if at_sign and model and NAME.fullmatch(name) else {"model": value}

    @property
    def reaches(self) -> str:
        return self.at

    def with_access(self, access: Access) -> Self:
        given = self.model_copy()
        given._given, given._shown = access, None
        return given

    @property
    def rates(self) -> tuple[int, int, int]:
        limits = self._access.limits
        return limits.requests_per_minute or 0, limits.tokens_per_minute or 0, limits.concurrency or 0

    @property
    def _access(self) -> Access:
        if self._given is None and self.at:
            raise ProviderError("auth", f"The endpoint {self.at} was not opened.")
        return self._given or environment()

    def identity(self) -> dict[str, Any]:
        """By where it is and not by what we call it."""
        return {**super().identity(), "params": self.model_dump(mode="json", exclude={"at"})}

    @property
    def endpoint(self) -> str:
        """The base URL without user, password and query: it is shown and stored."""
        if self._shown is None:
            parts = urlsplit(self._access.base_url)
            self._shown = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))
        return self._shown

    @property
    def model_name(self) -> str:
        return self.model

    def problem(self) -> str:
        if self.endpoint == OFFICIAL and not self._access.key:
            return "OPENAI_API_KEY is not set: set it, or OPENAI_BASE_URL to an endpoint of yours."
        return ""

    async def complete(self, request: Request) -> Completion:
        structured = self.structured == "schema" or (self.structured == "auto" and _knows_schemas(self.endpoint, self.model))
        try:
            return await self._ask(request, structured)
        except ProviderError as error:
            if not (structured and self.structured == "auto" and error.outcome == "bad_request" and "response_format" in str(error)):
                raise
            # Refused and not billed: this server takes the form from the prompt alone, now and from here on.
            WITHOUT_SCHEMAS.add((self.endpoint, self.model))
        return await self._ask(request, structured=False)

    async def _ask(self, request: Request, structured: bool) -> Completion:
        body = {"model": self.model, "messages": list(request.messages), **self._limits(request)}
        if structured:
            body["response_format"] = response_format(request)
        return _completion(await self._post("/chat/completions", body), request, self._safe)

    async def _post(self, path: str, body: dict[str, Any]) -> httpx2.Response:
        """The endpoint's answer as it came: building the client's typed models of it takes longer than all the rest of a call."""
        try:
            return await (await self._opened()).post(path, cast_to=httpx2.Response, body=body, options=OPTIONS)
        except openai.OpenAIError as error:
            raise _typed(error, self._safe) from None
        except (TooLarge, Unreadable) as error:
            raise ProviderError("schema", str(error), usage=Usage(told=False)) from None

    def _safe(self, said: Any) -> str:
        """A little of what an endpoint said, on one line, without the key: what a person may see of it."""
        line = self._access.without_key(" ".join(str(said).replace("\x00", "").split()))
        return line if len(line) <= SHOWN else line[:SHOWN] + "…"

    async def _opened(self) -> openai.AsyncOpenAI:
        """The client, made by whoever comes first; the others wait for it."""
        if self._client is None:
            self._opening = self._opening or asyncio.ensure_future(self._open())
            try:
                self._client = await asyncio.shield(self._opening)
            finally:
                self._opening = None
        return self._client

    async def _open(self) -> openai.AsyncOpenAI:
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

    def _limits(self, request: Request) -> dict[str, Any]:
        # OpenAI's newer models refuse max_tokens, many other servers know nothing else.
        limit = "max_completion_tokens" if self.endpoint == OFFICIAL else "max_tokens"
        given = {} if self.temperature is None else {"temperature": self.temperature}
        return {limit: request.max_tokens, **given}

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()


def _knows_schemas(endpoint: str, model: str) -> bool:
    return (endpoint, model) not in WITHOUT_SCHEMAS


def _completion(answer: httpx2.Response, request: Request, safe: Safe) -> Completion:
    """The answer read; everything that came with HTTP 200 is billed, so its tokens are counted whatever it says."""
    try:
        said = orjson.loads(answer.content)
    except ValueError:
        # The endpoint's fault, or that of something before it, and not the model's: another call fares better.
        problem = f"The endpoint's answer is no JSON: {safe(answer.content[: 2 * SHOWN].decode(errors='replace'))}"
        raise ProviderError("transient", problem, usage=Usage(told=False)) from None
    said = said if isinstance(said, dict) else {}
    known: dict[str, Any] = {
        "usage": _usage(said.get("usage")),
        "request_id": str(said.get("id") or "")[:120],
        "allowance": allowance(answer.headers),
    }
    try:
        return Completion(read_answer(_text_in(said, safe), request), **known)
    except ProviderError as error:
        raise ProviderError(error.outcome, safe(error), **known) from None  # it quotes the model


def _text_in(answer: dict[str, Any], safe: Safe) -> str:
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    message, reason = choice.get("message"), choice.get("finish_reason")
    if not isinstance(message, dict):
        raise ProviderError("schema", f"The endpoint answered without a choice: {safe(answer)}")
    if message.get("refusal"):
        raise ProviderError("refusal", f"The model refused: {safe(message['refusal'])}")
    if reason == "content_filter":
        raise ProviderError("filtered", "The endpoint's filter held the answer back.")
    if reason == "length":
        raise ProviderError("truncated", "The answer was cut off at the limit of tokens.")
    if not isinstance(message.get("content"), str):
        raise ProviderError("schema", "The endpoint answered without a text.")
    return message["content"]


def _usage(said: Any) -> Usage:
    """The tokens as the endpoint counted them; untold where it names none, or none that can be."""
    if not isinstance(said, dict):
        return Usage(told=False)
    prompt, completion = _count(said.get("prompt_tokens")), _count(said.get("completion_tokens"))
    details = [said.get(name) for name in ("prompt_tokens_details", "completion_tokens_details")]
    of_prompt, of_completion = (one if isinstance(one, dict) else {} for one in details)
    if prompt is None or completion is None:
        return Usage(told=False)
    cached, reasoning = _count(of_prompt.get("cached_tokens")), _count(of_completion.get("reasoning_tokens"))
    return Usage(prompt, completion, min(cached or 0, prompt), reasoning or 0)


def _typed(error: openai.OpenAIError, safe: Safe) -> ProviderError:
    """The client's error as one of ours."""
    if isinstance(error, openai.APIStatusError):
        return ProviderError(
            _outcome(error.status_code, str(error.code or error.type or "")),
            f"HTTP {error.status_code}: {safe(error.message)}",
            retry_after=_retry_after(error.response.headers.get("retry-after", "")),
            allowance=allowance(error.response.headers),
            limited=error.status_code == 429,
        )
    if isinstance(error, openai.APIConnectionError):
        # What was sent may have been worked on, and billed; what found no connection was not.
        billed = Usage(told=isinstance(error.__cause__ and error.__cause__.__cause__, aiohttp.ClientConnectorError))
        if isinstance(error, openai.APITimeoutError):
            return ProviderError("transient", "The endpoint did not answer in time.", usage=billed)
        return ProviderError("transient", f"No connection to the endpoint: {safe(error.__cause__ or error)}", usage=billed)
    return ProviderError("schema", f"The endpoint's answer cannot be read: {safe(error)}", usage=Usage(told=False))


def _outcome(status: int, code: str) -> Outcome:
    if status == 402 or "insufficient_quota" in code:
        return "quota"
    if status in (401, 403):
        return "auth"
    if "content_filter" in code or "content_policy" in code:
        return "filtered"
    return "transient" if status in (408, 409, 425, 429) or status >= 500 else "bad_request"


def _retry_after(header: str) -> float | None:
    """Seconds to wait by a Retry-After header, a number or a date, never more than ten minutes; None when it says nothing."""
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(header).timestamp() - time.time()
        except (ValueError, TypeError):
            return None
    return min(seconds, LONGEST_WAIT) if seconds > 0 else None  # also None for nan


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 2**31 and not isinstance(value, bool) else None
