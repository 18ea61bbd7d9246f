"""Rows: a list of small records, such as each discrepancy with before, after and type."""

from random import Random
from typing import Annotated, Any, Literal

from pydantic import Field

from annotation.asks._ask import Ask
from annotation.asks.label import Label
from annotation.asks.number import Number
from annotation.asks.writing import Writing
from annotation.records import Question
from core.told import told

Column = Annotated[Label | Number | Writing, Field(discriminator="type")]


class Rows(Ask):
    """A list of {column: answer}, in the order the person gave them."""

    hint = told("add at least one")
    metric = ""
    structured = True

    example = {"type": "rows", "name": "changes", "text": "What differs?", "columns": [{"type": "text", "name": "before", "text": "Before"}]}

    type: Literal["rows"] = "rows"
    columns: tuple[Column, ...] = Field(min_length=1, max_length=8)
    least: int = Field(0, ge=0)
    most: int = Field(50, ge=1)

    def blank(self, value: Any) -> bool:
        return self.least > 0 and super().blank(value)

    def problem(self, value: Any, question: Question, answers: dict[str, Any]) -> str | None:
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            return told("must be a list of rows")
        if not self.least <= len(value) <= self.most:
            return told("has {count} rows: {least} to {most}", count=len(value), least=self.least, most=self.most)
        known = {column.name: column for column in self.columns}
        for at, row in enumerate(value, 1):
            if unknown := sorted(set(row) - set(known)):
                return told("{at}. row has a column {column!r}, which there is not", at=at, column=unknown[0])
            for name, column in known.items():
                if column.blank(row.get(name)):
                    if column.required:
                        return told("{at}. row lacks {text}", at=at, text=column.text)
                elif problem := column.problem(row[name], question, row):
                    return told("{at}. row: {text} {problem}", at=at, text=column.text, problem=problem)
        return None

    def label_of(self, value: Any) -> str:
        return super().label_of(sorted(value, key=super().label_of))

    def exported(self, value: Any) -> dict[str, Any]:
        return {"": super().label_of(value)}

    def sample(self, question: Question, dice: Random, answers: dict[str, Any]) -> Any:
        row = {column.name: column.sample(question, dice, {}) for column in self.columns}
        return [row] * max(1, self.least) if None not in row.values() else None

    def shape(self, question: Question) -> dict[str, Any]:
        fields = {column.name: column.shape(question) for column in self.columns}
        one = {"type": "object", "properties": fields, "required": [*fields], "additionalProperties": False}
        return {"type": "array", "items": one}
