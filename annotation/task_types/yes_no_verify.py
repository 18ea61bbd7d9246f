"""Yes or no: does a statement hold for the record?"""

from typing import ClassVar

from annotation.asks import Ask
from annotation.asks.label import Label
from annotation.records import Question
from annotation.task_types._asking import Asking


class YesNoVerify(Asking):
    """One statement, yes or no; with ``unsure`` people may say that they do not know."""

    name: ClassVar[str] = "yes_no_verify"
    label: ClassVar[str] = "Yes or no"

    statement: str = "The translation says what the source says."
    unsure: bool = False

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        options = {"yes": "Yes", "no": "No"} | ({"unsure": "I do not know"} if self.unsure else {})
        return (Label(name="holds", text=self.statement, options=options),)
