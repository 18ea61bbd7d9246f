"""Child processes that live and die together: each with its own log, none restarted behind your back."""

import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import psutil

from core.embedded.process import end_process, has_ended, last_lines
from core.errors import DragomanError

SECONDS_TO_STOP = 10
LOG_BYTES_KEPT = 10_000_000


class ChildDied(DragomanError):
    """One of the processes ended by itself; the text holds the last lines of its log."""

    status = 503


class Supervisor:
    """The processes of one ``up``; use it as a context manager, which stops them at its end."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.children: dict[str, subprocess.Popen] = {}
        self._note = home / "locks" / "children.json"

    def __enter__(self) -> "Supervisor":
        stop_leftovers(self._note, self.home)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, name: str, command: list[str], *, cwd: Path) -> None:
        """Start one child; all it prints goes to ``home/log/NAME.log``."""
        with open_log(self.log_of(name)) as log:
            self.children[name] = subprocess.Popen(
                command,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C reaches us alone, and we stop them in order
                env={**os.environ, "DRAGOMAN_HOME": str(self.home), "PYTHONUNBUFFERED": "1"},
            )
        self._note.write_text(json.dumps([child.pid for child in self.children.values()]))

    def check(self) -> None:
        """Raise when a child has ended."""
        for name, child in self.children.items():
            if child.poll() is not None:
                raise ChildDied(f"{name} ended by itself ({_ending(child.returncode)}).\n{self.tail(name)}")

    def watch(self) -> None:
        """Wait for ever, or until a child ends."""
        while True:
            self.check()
            time.sleep(0.3)

    def stop(self) -> None:
        """TERM, wait, KILL; a second Ctrl-C cuts the wait short and can no longer interrupt the clearing up."""
        deadline = [time.monotonic() + SECONDS_TO_STOP]
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: deadline.__setitem__(0, 0.0))
        for child in self.children.values():
            child.terminate()
        while any(child.poll() is None for child in self.children.values()) and time.monotonic() < deadline[0]:
            time.sleep(0.05)
        for child in self.children.values():
            _kill_session(child.pid)
            child.wait()
        self.children.clear()
        self._note.unlink(missing_ok=True)

    def log_of(self, name: str) -> Path:
        return self.home / "log" / f"{name}.log"

    def tail(self, name: str) -> str:
        """The last lines of a child's log, indented, and where the rest is."""
        lines = "".join(f"  {line}\n" for line in last_lines(self.log_of(name)))
        return f"The end of {self.log_of(name)}:\n{lines}".rstrip()


def open_log(file: Path) -> BinaryIO:
    """A log opened for appending, for its owner's eyes only; a long one is put aside first."""
    if file.exists() and file.stat().st_size > LOG_BYTES_KEPT:
        file.replace(file.with_suffix(".log.1"))
    return open(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def stop_leftovers(note: Path, home: Path) -> None:
    """End what a supervisor of this home left behind when it was killed. Call it only while holding the home's lock."""
    try:
        sessions = set(json.loads(note.read_text()))
    except (OSError, ValueError):
        return
    left = [process for process in psutil.process_iter() if _is_ours(process, sessions, home)]
    for process in left:
        end_process(process.terminate)
    for process in left:
        if not has_ended(process, SECONDS_TO_STOP):
            end_process(process.kill)
    note.unlink(missing_ok=True)


def _is_ours(process: psutil.Process, sessions: set[int], home: Path) -> bool:
    """Whether a process is of one of these sessions and of this home: numbers alone may have been given out anew."""
    try:
        return os.getsid(process.pid) in sessions and process.environ().get("DRAGOMAN_HOME") == str(home)
    except (OSError, psutil.Error):
        return False


def _kill_session(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        os.killpg(pid, signal.SIGKILL)


def _ending(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
