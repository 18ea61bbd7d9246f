"""Panel: difficulty by a panel of models; what too few or too many of them answer rightly is left out."""

from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import Field, model_validator

from core.told import told
from pipelines.selectors import Choice, Entry, Reads, Selector, rejected


class Panel(Selector):
    """Keeps what k to m of n models answer rightly: what all of them can is too easy, what none can is often broken.

    A member of the panel is one baseline or model on one release in one language; no readable answer counts as a wrong one.
    """

    name: ClassVar[str] = "panel"
    label: ClassVar[str] = "Difficulty by a panel of models"
    reads: ClassVar[tuple[Reads, ...]] = ("answers",)
    example: ClassVar[dict[str, Any]] = {"at_least": 1, "at_most": 7}

    at_least: int = Field(1, ge=0)
    """So many members answer it rightly, or more."""
    at_most: int | None = Field(None, ge=0)
    """So many, or fewer; left empty: all but one."""
    members: int = Field(2, ge=1)
    """An item that fewer have answered is rejected: nothing is known of its difficulty."""
    languages: list[str] = []
    """Only evaluations in these languages are asked; none: in all."""

    @model_validator(mode="after")
    def _window(self) -> "Panel":
        if self.at_most is not None and self.at_most < self.at_least:
            raise ValueError(told("at_most is less than at_least: nothing could be kept"))
        return self

    @property
    def wanted(self) -> list[str] | None:
        return self.languages or None

    def select(self, entries: Sequence[Entry]) -> list[Choice]:
        return [self._choice(entry) for entry in entries]

    def _choice(self, entry: Entry) -> Choice:
        asked, right = len(entry.right), sum(entry.right.values())
        if asked < self.members:
            return rejected(told(
                "Only {asked} of a panel of at least {members} answered it.",
                asked=asked, members=self.members,
            ), told("not asked"))
        most = asked - 1 if self.at_most is None else self.at_most
        bucket = told("{right} of {asked} right", right=right, asked=asked)
        if right < self.at_least:
            return rejected(told(
                "Too hard or broken: {bucket}, at least {at_least} are wanted.",
                bucket=bucket, at_least=self.at_least,
            ), bucket)
        if right > most:
            return rejected(told("Too easy: {bucket}, at most {most} are wanted.", bucket=bucket, most=most), bucket)
        return Choice(True, bucket)
