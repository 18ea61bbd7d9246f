"""Cells: which cells of a table hold the answer."""

from random import Random
from typing import Any, Literal

from pydantic import Field

from annotation.asks._ask import Ask, Place, table_at
from annotation.records import Question
from core.told import told


class Cells(Ask):
    """``[[2, 0], [3, 0]]``: row and column of each cell, from 0, header rows counted."""

    hint = told("choose at least one cell")
    metric = ""
    structured = True

    example = {"type": "cells", "name": "where", "text": "Which cells hold the answer?", "of": "source.table"}

    type: Literal["cells"] = "cells"
    of: Place = "source.table"
    most: int = Field(1000, ge=1)

    def problem(self, value: Any, question: Question, answers: dict[str, Any]) -> str | None:
        table = table_at(question, self.of)
        if table is None:
            return told("cannot be answered: the record has no table {of}", of=self.of)
        if not isinstance(value, list) or not all(_place(one) for one in value):
            return told("must be a list of [row, column], both from 0")
        outside = next((one for one in value if one[0] >= len(table) or one[1] >= len(table[one[0]])), None)
        if outside:
            return told("names row {row}, column {column}, which the table has not", row=outside[0], column=outside[1])
        if len({tuple(one) for one in value}) < len(value):
            return told("holds a cell twice")
        return told("has {count} cells: {most} at most", count=len(value), most=self.most) if len(value) > self.most else None

    def label_of(self, value: Any) -> str:
        return super().label_of(sorted(value))

    def exported(self, value: Any) -> dict[str, Any]:
        return {"": " ".join(f"{row},{column}" for row, column in sorted(value))}

    def sample(self, question: Question, dice: Random, answers: dict[str, Any]) -> Any:
        table = table_at(question, self.of)
        if not table:
            return None
        row = dice.randrange(len(table))
        return [[row, dice.randrange(len(table[row]))]]

    def shape(self, question: Question) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}


def _place(one: Any) -> bool:
    return isinstance(one, list) and len(one) == 2 and all(type(part) is int and part >= 0 for part in one)
