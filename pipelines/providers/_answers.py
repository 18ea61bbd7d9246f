"""Reading a model's answer: the JSON somewhere in what it wrote, and whether it has the shape that was asked for."""

import json
import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from core.told import told
from pipelines.records import ProviderError, Request

FENCE = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL | re.IGNORECASE)
REFUSAL = re.compile(
    r"^\W*(?:i['’]?m (?:very |so |really )?sorry|sorry\b|i (?:can['’]?t|cannot|can not|won['’]?t|will not|am unable|am not able)"
    r"|i['’]m (?:unable|not able)|as an ai\b|unfortunately,? i\b|my apologies|i apologi[sz]e)",
    re.IGNORECASE,
)
SHOWN = 200


def read_answer(text: str, request: Request) -> dict[str, Any]:
    """The answer in `text`, in the form asked for; `ProviderError` of class refusal or schema when there is none."""
    answer = _object_in(text)
    if answer is None:
        if REFUSAL.match(text):
            raise ProviderError("refusal", told("The model refused: “{text}”", text=_short(text)))
        raise ProviderError("schema", told("The answer is not one JSON object: “{text}”", text=_short(text)))
    if problem := form_problem(answer, request):
        raise ProviderError("schema", told("The answer has the wrong form: {problem}.", problem=problem))
    return answer


def form_problem(answer: dict[str, Any], request: Request) -> str | None:
    """How `answer` differs from the form that was asked for, by schema or by example; None when it fits."""
    if request.parts:  # each is looked at for itself: one that is wrong spoils no other
        return None if isinstance(answer.get("answers"), list) else told("answers must be a list")
    if request.schema is None:
        return shape_problem(answer, request.shape)
    wrong = min(Draft202012Validator(request.schema).iter_errors(answer), key=lambda one: one.json_path, default=None)
    if wrong is not None:
        return f"{wrong.json_path.removeprefix('$.')}: {_short(wrong.message)}"
    bad = (p for text in _strings(answer) if (p := _text_problem(text, "", "the answer")))
    return next(bad, None)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for key, one in value.items() for text in (key, *_strings(one)))
    elif isinstance(value, list):
        yield from (text for one in value for text in _strings(one))


def _object_in(text: str) -> dict[str, Any] | None:
    """The whole text as JSON, else what stands in a code fence, else the only object within surrounding words."""
    for candidate in (text, *FENCE.findall(text)):
        found = _parsed(candidate.strip().lstrip("\ufeff"))
        if isinstance(found, dict):
            return found
    # Of several objects one may be the question repeated: which is the answer is not for us to guess.
    found = _objects_within(text)
    return found[0] if len(found) == 1 else None


def _objects_within(text: str) -> list[dict[str, Any]]:
    decoder, found, at = json.JSONDecoder(), [], text.find("{")
    while at >= 0 and len(found) < 2:
        try:
            one, end = decoder.raw_decode(text, at)
            found.append(one)
        except (ValueError, RecursionError):
            end = at + 1
        at = text.find("{", end)
    return found


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def shape_problem(answer: Any, shape: Any, where: str = "the answer") -> str | None:
    """Where `answer` differs from `shape` in keys, types or lengths, or holds what is no text; None when it fits."""
    if isinstance(shape, dict):
        if not isinstance(answer, dict) or set(answer) != set(shape):
            keys = sorted(map(str, answer)) if isinstance(answer, dict) else type(answer).__name__
            return told(
                "{where} must have the keys {shape}, not {keys}",
                where=where, shape=", ".join(sorted(shape)), keys=_short(str(keys)),
            )
        return next((p for key in shape if (p := shape_problem(answer[key], shape[key], key))), None)
    if isinstance(shape, list):
        if not isinstance(answer, list) or len(answer) != len(shape):
            length = len(answer) if isinstance(answer, list) else type(answer).__name__
            return told("{where} must be a list of {shape}, not {length}", where=where, shape=len(shape), length=length)
        pairs = enumerate(zip(answer, shape, strict=True), 1)
        return next((p for n, (a, s) in pairs if (p := shape_problem(a, s, told("{where}, entry {n},", where=where, n=n)))), None)
    if not isinstance(answer, type(shape)):
        return told("{where} must be {wanted}, not {got}", where=where, wanted=type(shape).__name__, got=type(answer).__name__)
    if isinstance(answer, str):
        return _text_problem(answer, shape, where)
    return None


def _text_problem(answer: str, shape: str, where: str) -> str | None:
    if any(c == "\x00" or 0xD800 <= ord(c) <= 0xDFFF for c in answer):
        return told("{where} holds a character that cannot be stored", where=where)
    return told("{where} is empty", where=where) if shape.strip() and not answer.strip() else None


def _short(text: str) -> str:
    """A little of what was written, on one line; never the whole of it."""
    line = " ".join(text.replace("\x00", "").split())
    return line if len(line) <= SHOWN else line[:SHOWN] + "…"
