"""What is wrong with data that was to have a shape, place by place, in the words of whoever checked it."""

from typing import Any

from pydantic import ValidationError


def places(error: ValidationError, whole: str = "") -> dict[str, str]:
    """Place (``fields.0.name``) to what is wrong there; `whole` is what the data itself is called."""
    return {".".join(map(str, one["loc"])) or whole: reason(one) for one in error.errors()}


def reason(one: Any) -> str:
    """What is wrong at one place: what our own check told, as it told it, or the library's sentence."""
    raised = one.get("ctx", {}).get("error")
    return raised.args[0] if one["type"] == "value_error" and raised is not None and raised.args else one["msg"]
