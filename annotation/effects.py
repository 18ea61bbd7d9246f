"""What comes of the answers to a task: the first of its campaign's effects whose condition they meet."""

from collections.abc import Iterable
from typing import Any

from annotation.plans import Bound, Condition, Effect, Wanted

Payload = dict[str, Any]
# A campaign that says nothing takes the text and calls the unit verified.
VERIFY = Effect(do="verify")


def effect(effects: Iterable[dict[str, Any]], answers: list[Payload], chosen: Payload, default: Effect = VERIFY) -> Effect:
    """The first effect whose condition holds, else `default`; `answers` holds every payload, `chosen` the consensus's."""
    rules = (Effect.model_validate(one) for one in effects)
    return next((one for one in rules if one.when is None or holds(one.when, answers, chosen)), default)


def holds(condition: Condition, answers: list[Payload], chosen: Payload) -> bool:
    """Whether every part of the condition is true; a part that is left out is."""
    return (
        (not condition.any or any(_fits(one, condition.any) for one in answers))
        and (not condition.all or all(_fits(one, condition.all) for one in answers))
        and (not condition.consensus or _fits(chosen, condition.consensus))
        and (not condition.either or any(holds(one, answers, chosen) for one in condition.either))
    )


def _fits(answer: Payload, wanted: dict[str, Wanted]) -> bool:
    # What was chosen in a survey lies one level down, by the questions' names.
    said = answer | answer.get("answers", {})
    return all(_is(said.get(name), one) for name, one in wanted.items())


def _is(value: Any, wanted: Wanted) -> bool:
    if isinstance(value, list):  # of several labels one will do
        return any(_is(one, wanted) for one in value)
    if isinstance(value, dict):  # a preference by what was chosen, options by those that have a weight
        return any(_is(one, wanted) for one in ([value["chosen"]] if "chosen" in value else value))
    if isinstance(wanted, Bound):
        if not isinstance(value, int | float):
            return False
        return (wanted.below is None or value < wanted.below) and (wanted.above is None or value > wanted.above)
    return value in wanted if isinstance(wanted, list) else value == wanted
