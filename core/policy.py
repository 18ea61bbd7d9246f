"""May this person do this? ``Allowed``, or ``Denied("reason")``: falsy, and printable beside the grey button."""

from dataclasses import dataclass

from core.errors import Refused


@dataclass(frozen=True)
class Decision:
    """What a policy answers: true when allowed; as text, the reason when not."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def __str__(self) -> str:
        return self.reason


Allowed = Decision(True)


def Denied(reason: str) -> Decision:  # noqa: N802 - reads as the other half of Allowed
    """A refusal with its reason, a whole sentence."""
    return Decision(False, reason)


def require(decision: Decision) -> None:
    """Raise `Refused` with the policy's reason unless it allowed."""
    if not decision:
        raise Refused(decision.reason)
