"""What every command of ours does: one JSON line at the end, one line per error, a bar only on a terminal."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from core.errors import Invalid
from core.management.base import DragomanCommand


class Counting(DragomanCommand):
    """Counts to three and says so."""

    needs_servers = False

    def run(self, **_: Any) -> dict[str, Any]:
        for done in range(4):
            self.progress(done, 3, "numbers")
        self.say("counted to three")
        return {"count": 3}


class Failing(DragomanCommand):
    """Meets the error it was made with."""

    needs_servers = False
    problem: Exception

    def run(self, **_: Any) -> None:
        raise self.problem


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_last_line_is_one_json_object_and_text_for_people_goes_to_stderr() -> None:
    out, err = io.StringIO(), io.StringIO()
    call_command(Counting(), "--json", stdout=out, stderr=err)
    assert json.loads(out.getvalue()) == {"count": 3}
    assert err.getvalue() == "counted to three\n"


def test_without_json_the_text_goes_to_stdout_alone() -> None:
    out = io.StringIO()
    call_command(Counting(), stdout=out)
    assert out.getvalue() == "counted to three\n"


def test_a_bar_is_drawn_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, drawn in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr("sys.stderr", stream)
        call_command(Counting(), "--json", stdout=io.StringIO())
        assert ("3/3 numbers\n" in stream.getvalue()) is drawn


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (Invalid("The file cannot be read.", {"label": "unknown"}), "The file cannot be read.; label: unknown"),
        (OperationalError("server closed\n\tprobably"), "The database failed: server closed"),
        (KeyboardInterrupt(), "Stopped."),
    ],
)
def test_an_error_is_one_line(problem: Exception, line: str) -> None:
    command = Failing()
    command.problem = problem
    with pytest.raises(CommandError) as told:
        call_command(command)
    assert str(told.value) == line


@pytest.mark.django_db
def test_a_command_leaves_servers_alone_that_somebody_else_holds() -> None:
    class Asking(DragomanCommand):
        def run(self, **_: Any) -> dict[str, Any]:
            return {"works": True}

    out = io.StringIO()
    for _ in range(2):
        call_command(Asking(), "--json", stdout=out)
    assert out.getvalue().count("works") == 2
