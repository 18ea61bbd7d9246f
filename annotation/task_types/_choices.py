"""What task types share that are answered by choosing: one option for each question, and a comment."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from annotation.records import Choice
from core.hashing import canonical


class Payload(BaseModel):
    """The chosen option of each question, by name."""

    model_config = ConfigDict(extra="forbid")

    answers: dict[str, str]
    comment: str = ""


def problems(answer: Payload, choices: Iterable[Choice]) -> dict[str, str]:
    """What is wrong with the answers: one is missing, unknown, or for a question nobody asked."""
    asked = {one.name: one for one in choices}
    found = {f"answers.{name}": "answers no question that was asked" for name in answer.answers if name not in asked}
    for name, one in asked.items():
        if name not in answer.answers:
            found[f"answers.{name}"] = "is missing: choose one"
        elif answer.answers[name] not in one.options:
            found[f"answers.{name}"] = f"is none of {', '.join(one.options)}"
    return found


def label(answer: Payload) -> str:
    """The only answer itself, or all of them as canonical JSON."""
    if len(answer.answers) == 1:
        return next(iter(answer.answers.values()))
    return canonical(answer.answers).decode()
