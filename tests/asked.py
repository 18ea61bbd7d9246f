"""A task type for tests alone: it asks what it is told to ask. A server finds it by the entry point that `installed` writes."""

from pathlib import Path
from typing import Any, ClassVar

from annotation.asks import AnyAsk, Ask
from annotation.records import Question, Shown
from annotation.task_types._asking import Asking

ENTRY = "[dragoman.task_type]\nasked = tests.asked\n"


class Asked(Asking):
    """Any questions about a record."""

    name: ClassVar[str] = "asked"
    label: ClassVar[str] = "Questions of a test"

    questions: tuple[AnyAsk, ...] = ()
    forms: dict[str, str] = {}
    """The form of a field that is shown, by its name."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        return self.questions

    def fields(self, question: Question) -> tuple[Shown, ...]:
        return tuple(Shown(name, form=self.forms.get(name, "")) for name in question.kind.translatable)


def asked(*questions: dict[str, Any], **forms: str) -> dict[str, Any]:
    """Its spec, which needs no registry on this side."""
    return {"name": "asked", "version": "1", "params": {"questions": list(questions), "forms": forms}}


def installed(folder: Path) -> str:
    """A folder that, on a server's path, makes it find the task type."""
    about = folder / "asked-1.dist-info"
    about.mkdir(parents=True, exist_ok=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: asked\nVersion: 1\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(ENTRY, encoding="utf-8")
    return str(folder)
