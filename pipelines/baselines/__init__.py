"""Ways of answering a release's rows: one file a baseline. The contract is `Baseline`; `baselines` is the registry."""

from collections.abc import Sequence
from typing import ClassVar

from core.plugins import Plugin, Registry
from pipelines.records import Generate, Row


class Baseline(Plugin):
    """One way of answering. Either it learns from train rows and predicts all at once, or it asks a model row by row."""

    asks: ClassVar[bool] = False
    """Whether it asks a model row by row (``answer``) instead of predicting all rows at once (``predict``)."""

    def predict(self, rows: Sequence[Row], train: Sequence[Row]) -> list[str | None]:
        """An answer for each row, one of its choices or None; the rows' own answers are withheld (None)."""
        raise NotImplementedError(f"{self.name} predicts nothing")

    async def answer(self, row: Row, generate: Generate) -> str | None:
        """One of the row's choices, or None when the model gave none that can be read."""
        raise NotImplementedError(f"{self.name} answers nothing")

    def how(self, train: Sequence[Row]) -> str:
        """What the signature must add about this very fit, such as ``train:cv5``; empty for nothing."""
        return ""


baselines: Registry[Baseline] = Registry("baseline", "pipelines.baselines", Baseline)
