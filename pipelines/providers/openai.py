"""Any endpoint that speaks OpenAI's chat protocol: OPENAI_BASE_URL and OPENAI_API_KEY say which, the parameter says which model."""

import os
import time
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

import openai
from pydantic import Field, PrivateAttr

from pipelines.providers import Provider
from pipelines.providers._answers import read_answer
from pipelines.records import Completion, Outcome, ProviderError, Request

OFFICIAL = "https://api.openai.com/v1"
# The whole call has a deadline of its own in pipelines/generate.py; this one notices a server that has gone quiet.
SECONDS_OF_SILENCE = 90.0
SECONDS_TO_CONNECT = 10.0
LONGEST_WAIT = 600.0
SHOWN = 300


class OpenAI(Provider):
    """A chat model behind any OpenAI-compatible endpoint, by the official client; address and key come from the environment."""

    name: ClassVar[str] = "openai"
    label: ClassVar[str] = "OpenAI-compatible endpoint"
    main: ClassVar[str] = "model"
    example: ClassVar[dict[str, Any]] = {"model": "some-model"}

    model: str = Field(min_length=1, max_length=120)
    """The model's name as the endpoint knows it."""
    temperature: float | None = Field(None, ge=0, le=2)
    """Sent only when given: some models refuse it."""

    _client: openai.AsyncOpenAI | None = PrivateAttr(None)

    @property
    def endpoint(self) -> str:
        """The base URL without user, password and query: it is shown and stored."""
        parts = urlsplit(_base_url())
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))

    @property
    def model_name(self) -> str:
        return self.model

    def problem(self) -> str:
        if self.endpoint == OFFICIAL and not _key():
            return "OPENAI_API_KEY is not set: set it, or OPENAI_BASE_URL to an endpoint of yours."
        return ""

    async def complete(self, request: Request) -> Completion:
        try:
            answer = await self._opened().chat.completions.create(
                model=self.model, messages=list(request.messages), **self._limits(request)
            )  # type: ignore[call-overload]
        except openai.OpenAIError as error:
            raise _typed(error) from None
        except ValueError as error:  # not JSON, though it says so
            raise ProviderError("schema", f"The endpoint's answer cannot be read: {_safe(error)}") from None
        return _completion(answer, request)

    def _opened(self) -> openai.AsyncOpenAI:
        if self._client is None:
            self._client = openai.AsyncOpenAI(
                base_url=_base_url(),
                api_key=_key() or "none",
                max_retries=0,  # one layer owns retries: pipelines/generate.py
                timeout=openai.Timeout(SECONDS_OF_SILENCE, connect=SECONDS_TO_CONNECT),
            )
        return self._client

    def _limits(self, request: Request) -> dict[str, Any]:
        # OpenAI's newer models refuse max_tokens, many other servers know nothing else.
        limit = "max_completion_tokens" if self.endpoint == OFFICIAL else "max_tokens"
        given = {} if self.temperature is None else {"temperature": self.temperature}
        return {limit: request.max_tokens, **given}

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()


def _base_url() -> str:
    return os.environ.get("OPENAI_BASE_URL", "").strip() or OFFICIAL


def _key() -> str:
    return os.environ.get("OPENAI_API_KEY", "").strip()


def _completion(answer: Any, request: Request) -> Completion:
    """The answer read; everything that came with HTTP 200 is billed, so its tokens are counted whatever it says."""
    used = getattr(answer, "usage", None)
    tokens = {name: _count(getattr(used, name, 0)) for name in ("prompt_tokens", "completion_tokens")}
    try:
        content = read_answer(_text_in(answer), request)
    except ProviderError as error:
        raise ProviderError(error.outcome, str(error), **tokens) from None
    return Completion(content, request_id=str(getattr(answer, "id", "") or "")[:120], **tokens)


def _text_in(answer: Any) -> str:
    choices = getattr(answer, "choices", None)
    if not isinstance(choices, list) or not choices or getattr(choices[0], "message", None) is None:
        raise ProviderError("schema", f"The endpoint answered without a choice: {_safe(answer)}")
    message, reason = choices[0].message, choices[0].finish_reason
    if getattr(message, "refusal", None):
        raise ProviderError("refusal", f"The model refused: {_safe(message.refusal)}")
    if reason == "content_filter":
        raise ProviderError("filtered", "The endpoint's filter held the answer back.")
    if reason == "length":
        raise ProviderError("truncated", "The answer was cut off at the limit of tokens.")
    if not isinstance(message.content, str):
        raise ProviderError("schema", "The endpoint answered without a text.")
    return message.content


def _typed(error: openai.OpenAIError) -> ProviderError:
    """The client's error as one of ours."""
    if isinstance(error, openai.APIStatusError):
        return ProviderError(
            _outcome(error.status_code, str(error.code or error.type or "")),
            f"HTTP {error.status_code}: {_safe(error.message)}",
            retry_after=_retry_after(error.response.headers.get("retry-after", "")),
        )
    if isinstance(error, openai.APITimeoutError):
        return ProviderError("transient", "The endpoint did not answer in time.")
    if isinstance(error, openai.APIConnectionError):
        return ProviderError("transient", f"No connection to the endpoint: {_safe(error.__cause__ or error)}")
    return ProviderError("schema", f"The endpoint's answer cannot be read: {_safe(error)}")


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


def _count(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**31 and not isinstance(value, bool) else 0


def _safe(said: Any) -> str:
    """A little of what an endpoint said, on one line, without the key: what a person may see of it."""
    line = " ".join(str(said).replace("\x00", "").split())
    if _key():
        line = line.replace(_key(), "[key]")
    return line if len(line) <= SHOWN else line[:SHOWN] + "…"
