"""Answers that are numbers, written as text: reading them, and the verdict around a middle value."""

from math import fsum, isfinite

from annotation.records import Answer, Verdict
from core.errors import Invalid
from core.told import told


def numbers(answers: list[Answer]) -> list[tuple[float, float]]:
    """Each answer's number and weight, by size; everybody weighs one where nobody weighs anything."""
    read = sorted((_number(one), one.weight) for one in answers)
    return read if any(weight for _, weight in read) else [(number, 1.0) for number, _ in read]


def around(middle: float, read: list[tuple[float, float]], *, near: float, threshold: float) -> Verdict:
    """The verdict `middle`: its confidence is the share of the weight that lies no further than `near` from it."""
    close = fsum(weight for number, weight in read if abs(number - middle) <= near)
    share = close / fsum(weight for _, weight in read)
    return Verdict(f"{middle:.6g}", share, share > threshold, value=middle)


def _number(answer: Answer) -> float:
    try:
        number = float(answer.label)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise Invalid(
            told(
                "Task {task}: the answer {answer!r} of {worker} is no number; a mean or median needs numbers, "
                "other labels a vote.",
                task=answer.task, answer=answer.label[:40], worker=answer.worker,
            )
        )
    return number
