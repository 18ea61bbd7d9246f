"""Ways of answering a release's rows: one file a baseline. The contract is `Baseline`; `baselines` is the registry."""

from collections.abc import Sequence
from typing import ClassVar

from core.plugins import Plugin, Registry
from pipelines.records import Generate, Row


class Baseline(Plugin):
    """One way of answering. Either it learns from rows with answers, or it asks a model row by row."""

    asks: ClassVar[bool] = False
    """Whether it asks a model row by row (``answer``) instead of learning from train rows (``predict``)."""

    def predict(self, rows: Sequence[Row], train: Sequence[Row]) -> list[str | None]:
        """An answer for each row, one of its choices or None; the rows' own answers are withheld (None).

        Where a release has no train rows, `train` holds the rows of other source texts, fold by fold.
        """
        raise NotImplementedError(f"{self.name} predicts nothing")

    async def answer(self, row: Row, generate: Generate) -> str | None:
        """One of the row's choices, or None when the model gave none that can be read."""
        raise NotImplementedError(f"{self.name} answers nothing")


baselines: Registry[Baseline] = Registry("baseline", "pipelines.baselines", Baseline)
