"""Answers out of a transcript: what was recorded once is given again, and says everywhere that it is recorded."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import orjson
from pydantic import Field

from core.hashing import canonical
from core.told import told
from pipelines.providers import Provider
from pipelines.records import Completion, ProviderError, Request

DEMO = Path(__file__).resolve().parents[1] / "demo" / "recordings"


class Replay(Provider):
    """Recorded answers from a transcript of JSON lines ``{prompt, source, target, input, output}``; ``demo`` is the shipped one."""

    name: ClassVar[str] = "replay"
    label: ClassVar[str] = "Recorded answers"
    main: ClassVar[str] = "transcript"
    recorded: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {"transcript": "demo"}

    transcript: str = Field(min_length=1)
    """``demo``, or the path of a file or of a folder of .jsonl files."""

    @property
    def model_name(self) -> str:
        return f"recorded:{self.transcript}"[:120]

    @property
    def reads_files(self) -> bool:
        return self.transcript != "demo"

    def problem(self) -> str:
        try:
            _recordings(self._files())
        except ProviderError as error:
            return str(error)
        return ""

    def identity(self) -> dict[str, Any]:
        """By what the transcript holds, not by where it lies: other recordings are other answers."""
        return {"provider": self.name, "transcript": _recordings(self._files())[0]}

    async def complete(self, request: Request) -> Completion:
        key = canonical([request.prompt, request.source, request.target, request.input])
        output = _recordings(self._files())[1].get(key)
        if output is None:
            said = canonical(request.input).decode()
            raise ProviderError("bad_request", told(
                "The transcript has no recording of: {prompt} from {source} to {target} {said}",
                prompt=request.prompt, source=request.source, target=request.target, said=said[:120],
            ))
        return Completion(orjson.loads(output))

    def _files(self) -> tuple[tuple[Path, int], ...]:
        """The transcript's files, each with its time of change, so that an edited one is read again."""
        place = DEMO if self.transcript == "demo" else Path(self.transcript)
        files = sorted(place.glob("*.jsonl")) if place.is_dir() else [place]
        try:
            return tuple((file, file.stat().st_mtime_ns) for file in files)
        except OSError:
            return ()


@lru_cache(maxsize=8)
def _recordings(files: tuple[tuple[Path, int], ...]) -> tuple[str, dict[bytes, bytes]]:
    """The digest of a transcript, and its outputs by prompt, languages and input."""
    if not files:
        raise ProviderError("bad_request", told("There is no transcript at that place."))
    hashed, found = hashlib.sha256(), {}
    for file, _ in files:
        data = file.read_bytes()
        hashed.update(data)
        for number, line in enumerate(data.splitlines(), 1):
            try:
                one = orjson.loads(line)
                key = canonical([one["prompt"], one["source"], one["target"], one["input"]])
                found[key] = canonical(one["output"])
            except (ValueError, KeyError, TypeError):
                raise ProviderError("bad_request", told(
                    "Line {number} of {name} is no recording.",
                    number=number, name=file.name,
                )) from None
    return hashed.hexdigest(), found
