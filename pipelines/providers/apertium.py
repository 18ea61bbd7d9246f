"""Apertium, the rule-based translation engine, where its program is installed on the machine that works."""

import asyncio
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import langcodes

from core.told import told
from pipelines.providers import Provider
from pipelines.records import Completion, ProviderError, Request, texts

MISSING = told(
    "Apertium is not installed on this machine: apt-get install apertium and a language pair such as apertium-eng-spa.",
)
MODES = Path("/usr/share/apertium/modes")


class Apertium(Provider):
    """Rule-based translation by the local ``apertium`` program; free, offline, for the language pairs that are installed."""

    name: ClassVar[str] = "apertium"
    label: ClassVar[str] = "Apertium (local)"

    def problem(self) -> str:
        return "" if shutil.which("apertium") else MISSING

    def identity(self) -> dict[str, Any]:
        return {"provider": self.name, "version": _version()}

    async def complete(self, request: Request) -> Completion:
        if self.problem():
            raise ProviderError("bad_request", MISSING)
        mode = _mode(request.source, request.target)
        done = {text: await _translated(text, mode) for text in set(texts(request.input)) if text.strip()}
        return Completion({key: _replaced(value, done) for key, value in request.input.items()})


async def _translated(text: str, mode: str) -> str:
    """One text by one call, so that no text's end runs into the next; ``-u`` leaves unknown words unmarked."""
    process = await asyncio.create_subprocess_exec(
        "apertium", "-u", mode, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        out, errors = await process.communicate(text.encode())
    finally:
        if process.returncode is None:  # our deadline came first
            process.kill()
    if process.returncode:
        said = " ".join(errors.decode(errors="replace").split())[:300]
        raise ProviderError("bad_request", told("Apertium cannot translate by {mode}: {said}", mode=mode, said=said))
    return out.decode(errors="replace").strip("\n")


def _replaced(value: Any, done: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_replaced(one, done) for one in value]
    return done.get(value, value) if isinstance(value, str) else value


def _mode(source: str, target: str) -> str:
    """The installed mode of two languages; modes are named by two-letter or by three-letter codes."""
    names = [f"{a}-{b}" for a in _codes(source) for b in _codes(target)]
    found = next((name for name in names if (MODES / f"{name}.mode").exists()), None)
    if found is None and MODES.is_dir():
        raise ProviderError("bad_request", told(
            "Apertium has no pair {pair} on this machine: install apertium-{package}.",
            pair=names[0], package=names[-1],
        ))
    return found or names[0]


def _codes(tag: str) -> tuple[str, str]:
    parsed = langcodes.Language.get(tag)
    return parsed.language or tag, parsed.to_alpha3()


@lru_cache
def _version() -> str:
    """The program's place and time of change: another version translates otherwise."""
    found = shutil.which("apertium")
    return f"{found}:{Path(found).stat().st_mtime_ns}" if found else ""
