"""Code: write a program, or data, that can at least be read as such; nothing that is written here is ever run."""

from typing import ClassVar

from annotation.asks import Ask
from annotation.asks._syntax import Syntax
from annotation.asks.writing import Writing
from annotation.records import Question
from annotation.task_types._asking import Asking


class Code(Asking):
    """Python and JSON are parsed; in other languages brackets must close. Two programs are alike by their characters."""

    name: ClassVar[str] = "code"
    label: ClassVar[str] = "Write code"
    aggregator: ClassVar[str] = "text_centroid"
    right_from: ClassVar[float] = 0.9
    example_source: ClassVar = {"text": "Print the sum of 2 and 3."}
    example_target: ClassVar = {"text": "Escribe la suma de 2 y 3."}

    syntax: Syntax = "python"
    wording: str = "Write the program"

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return (Writing(name="code", text=self.wording, lines=14, form="code", syntax=self.syntax, language="any"),)
