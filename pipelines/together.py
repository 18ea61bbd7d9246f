"""Several short requests in one call: how they are put together, and which part of the answer and of its bill is whose."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Generic, TypeVar

from core.hashing import canonical, digest
from core.told import told
from pipelines.prompts import Prompt
from pipelines.providers._answers import form_problem
from pipelines.providers._protocol import form_of
from pipelines.records import Completion, ProviderError, Request, Usage

C = TypeVar("C")
SHORT = 600
"""Bytes of an input that is asked together with others; a longer one fills a request of its own."""
SECONDS_TO_GATHER = 0.05
ID = 8
"""Letters of a request's hash that name it in the company: no item can foresee another's."""
ROOM = 128
"""Tokens more for each answer: what stands around it."""


class Alone(Exception):
    """This request is to be asked by itself."""


def fits(request: Request) -> bool:
    """Whether a request may be asked together with others."""
    return len(request.messages) == 2 and len(canonical(request.input)) <= SHORT


def in_company(request: Request) -> Request:
    """The request under the name it has there: what was answered in company is another answer than one given alone."""
    return replace(request, prompt_signature=f"{request.prompt_signature}+{Prompt('together').signature}")


def one_call(keys: Sequence[str], requests: Sequence[Request]) -> Request:
    """One request for all of them, which have the same instructions and the same form."""
    ids, first = [key[:ID] for key in keys], requests[0]
    items = "\n".join(f'<one id="{id_}">\n{one.messages[1]["content"]}\n</one>' for id_, one in zip(ids, requests, strict=True))
    answer = {"id": {"type": "string", "enum": ids}, "answer": form_of(first)}
    spare = min(one.max_tokens for one in requests)
    return replace(
        first,
        messages=Prompt("together").messages(instructions=first.messages[0]["content"], items=items),
        input={"items": [one.input for one in requests]},
        schema=_object({"answers": {"type": "array", "items": _object(answer)}}),
        # What the shortest may need beyond its text is there once.
        max_tokens=min(spare, 2048) + sum(max(one.max_tokens - min(spare, 2048), ROOM) for one in requests),
        parts=tuple(ids),
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def parts(result: Completion | ProviderError, keys: Sequence[str], requests: Sequence[Request]) -> list[Completion | ProviderError]:
    """What each has got: its answer if exactly one has its id and the right form, and its part of the tokens in any case."""
    shares = shared(result.usage, [len(one.messages[1]["content"]) for one in requests])
    if isinstance(result, ProviderError):
        known = {"retry_after": result.retry_after, "request_id": result.request_id}
        return [ProviderError(result.outcome, str(result), usage=share, **known) for share in shares]
    said = [one for one in result.content["answers"] if isinstance(one, dict)]
    often = Counter(str(one.get("id")) for one in said)
    answers = {str(one.get("id")): one.get("answer") for one in said}
    found: list[Completion | ProviderError] = []
    for key, request, share in zip(keys, requests, shares, strict=True):
        problem = _problem(often[key[:ID]], answers.get(key[:ID]), request)
        if problem:
            said_so = told("Asked together with others: {problem}", problem=problem)
            found.append(ProviderError("schema", said_so, usage=share, request_id=result.request_id))
        else:
            found.append(Completion(answers[key[:ID]], usage=share, request_id=result.request_id))
    return found


def _problem(times: int, answer: Any, request: Request) -> str:
    if times != 1:
        return told("its id came {times} times.", times=times) if times else told("its id did not come.")
    if not isinstance(answer, dict):
        return told("its answer is no object.")
    problem = form_problem(answer, request)
    return told("its answer has the wrong form: {problem}.", problem=problem) if problem else ""


def shared(usage: Usage, weights: Sequence[int]) -> list[Usage]:
    """The tokens of one call, divided by weight: to the token what it took, and no part of it twice."""
    counts = [field.name for field in fields(Usage) if field.name != "told"]
    columns = {name: _divided(getattr(usage, name), weights) for name in counts}
    return [Usage(**{name: columns[name][n] for name in counts}, told=usage.told) for n in range(len(weights))]


def _divided(whole: int, weights: Sequence[int]) -> list[int]:
    total, so_far, given, found = sum(weights), 0, 0, []
    for weight in weights:
        so_far += weight
        found.append(whole * so_far // total - given)
        given += found[-1]
    return found


@dataclass
class Seat(Generic[C]):
    """One request that has joined, and what will be told it: how its call ended, or None when nobody else came."""

    key: str
    request: Request
    told: "asyncio.Future[C | None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Company(Generic[C]):
    """Gathers requests of one kind until there are enough, or nobody else comes for a moment, and has them asked in one call."""

    def __init__(self, size: int, call: Callable[[list[Seat[C]]], Awaitable[None]]) -> None:
        self._size, self._call = size, call
        self._gathering: dict[str, list[Seat[C]]] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def join(self, key: str, request: Request) -> C | None:
        """How the call ended for this request; None when it was the only one."""
        seat: Seat[C] = Seat(key, request)
        kind = digest([request.prompt_signature, request.source, request.target, request.messages[0], form_of(request)])
        seats = self._gathering.setdefault(kind, [])
        seats.append(seat)
        if len(seats) >= self._size:
            self._begin(self._gathering.pop(kind))
        elif len(seats) == 1:
            asyncio.get_running_loop().call_later(SECONDS_TO_GATHER, self._in_time, kind, seats)
        return await seat.told

    def _in_time(self, kind: str, seats: list[Seat[C]]) -> None:
        if self._gathering.get(kind) is seats:
            self._begin(self._gathering.pop(kind))

    def _begin(self, seats: list[Seat[C]]) -> None:
        if len(seats) == 1:
            seats[0].told.set_result(None)
            return
        task = asyncio.ensure_future(self._all(seats))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _all(self, seats: list[Seat[C]]) -> None:
        try:
            await self._call(seats)
        except Exception as error:  # for each of them to raise
            for seat in seats:
                if not seat.told.done():
                    seat.told.set_exception(error)
