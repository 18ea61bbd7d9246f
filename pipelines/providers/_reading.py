"""Reading what an endpoint of OpenAI's protocol answered: the text in it, its bill, and what its errors mean for us."""

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import httpx2
import orjson

from core.told import told
from pipelines.providers._answers import read_answer
from pipelines.providers._protocol import allowance
from pipelines.records import Completion, Outcome, ProviderError, Request, Usage

Safe = Callable[[Any], str]
LONGEST_WAIT = 600.0
SHOWN = 300


def loaded(content: bytes, safe: Safe) -> dict[str, Any]:
    """The JSON object an endpoint answered; another value is an empty one, which holds nothing of what was asked for."""
    try:
        said = orjson.loads(content)
    except ValueError:
        # The endpoint's fault, or that of something before it, and not the model's: another call fares better.
        problem = told(
            "The endpoint's answer is no JSON: {content}",
            content=safe(content[:2 * SHOWN].decode(errors="replace")),
        )
        raise ProviderError("transient", problem, usage=Usage(told=False)) from None
    return said if isinstance(said, dict) else {}


def completion(answer: httpx2.Response, request: Request, safe: Safe) -> Completion:
    """The answer read; everything that came with HTTP 200 is billed, so its tokens are counted whatever it says."""
    return completion_in(loaded(answer.content, safe), request, safe, allowance=allowance(answer.headers))


def completion_in(said: dict[str, Any], request: Request, safe: Safe, **known: Any) -> Completion:
    """The completion in an answer's body; `ProviderError` with the same bill where it holds none that can be used."""
    known |= {"usage": usage(said.get("usage")), "request_id": str(said.get("id") or "")[:120]}
    try:
        return Completion(read_answer(_text_in(said, safe), request), **known)
    except ProviderError as error:
        raise ProviderError(error.outcome, safe(error), **known) from None  # it quotes the model


def _text_in(answer: dict[str, Any], safe: Safe) -> str:
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    message, reason = choice.get("message"), choice.get("finish_reason")
    if not isinstance(message, dict):
        raise ProviderError("schema", told("The endpoint answered without a choice: {answer}", answer=safe(answer)))
    if message.get("refusal"):
        raise ProviderError("refusal", told("The model refused: “{text}”", text=safe(message["refusal"])))
    if reason == "content_filter":
        raise ProviderError("filtered", told("The endpoint's filter held the answer back."))
    if reason == "length":
        raise ProviderError("truncated", told("The answer was cut off at the limit of tokens."))
    if not isinstance(message.get("content"), str):
        raise ProviderError("schema", told("The endpoint answered without a text."))
    return message["content"]


def usage(said: Any) -> Usage:
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


def typed(error: Exception, safe: Safe) -> ProviderError:
    """The official client's error as one of ours."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return ProviderError(
            outcome_of(error.status_code, str(error.code or error.type or "")),
            f"HTTP {error.status_code}: {safe(error.message)}",
            retry_after=retry_after(error.response.headers.get("retry-after", "")),
            allowance=allowance(error.response.headers),
            limited=error.status_code == 429,
        )
    if isinstance(error, openai.APIConnectionError):
        # What was sent may have been worked on, and billed; what found no connection was not.
        billed = Usage(told=isinstance(error.__cause__ and error.__cause__.__cause__, aiohttp.ClientConnectorError))
        if isinstance(error, openai.APITimeoutError):
            return ProviderError("transient", told("The endpoint did not answer in time."), usage=billed)
        return ProviderError("transient", told(
            "No connection to the endpoint: {error}",
            error=safe(error.__cause__ or error),
        ), usage=billed)
    return ProviderError("schema", told(
        "The endpoint's answer cannot be read: {error}",
        error=safe(error),
    ), usage=Usage(told=False))


def outcome_of(status: int, code: str) -> Outcome:
    if status == 402 or "insufficient_quota" in code:
        return "quota"
    if status in (401, 403):
        return "auth"
    if "content_filter" in code or "content_policy" in code:
        return "filtered"
    return "transient" if status in (408, 409, 425, 429) or status >= 500 else "bad_request"


def retry_after(header: str) -> float | None:
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
