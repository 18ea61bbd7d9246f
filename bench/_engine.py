"""What the engine's workloads share: a dataset to draft, the scripted server in a process of its own, and the bare loop."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import openai
import orjson
from django.conf import settings

from annotation.actions import datasets
from annotation.models import Dataset, Item, Unit
from core.hashing import digest
from pipelines.actions import runs
from pipelines.jobs.draft import DraftJob
from pipelines.models import Run
from pipelines.prompts import Prompt
from tests.llm_server import Script

SECONDS_A_CALL = 0.2
SCHEMA = {"kinds": {"sentence": {"fields": {"text": {"type": "text", "translate": True}}}}}
STEPS: list[str | dict[str, Any]] = ["translate", "back_translate"]


@dataclass(frozen=True)
class Speed:
    """How fast rows went through, and what each call took of this process's processor."""

    rows_per_second: float
    cpu_ms_per_call: float


def text(number: int) -> str:
    """The text of a row; every number is another request."""
    return f"The old bus number {number} stops at the market every morning before the shops open."


def dataset(name: str, first: int, rows: int) -> Dataset:
    """A dataset of so many sentences to be drafted in Swahili."""
    made = datasets.create(slug=name, name=name, source_language="en", schema=SCHEMA, by=None)
    datasets.add_language(made, "sw", by=None)
    contents = [(f"s{n}", {"text": text(n)}) for n in range(first, first + rows)]
    items = Item.objects.bulk_create(
        Item(dataset=made, kind="sentence", key=key, split="test", language="en", content=content, hash=digest(content))
        for key, content in contents
    )
    Unit.objects.bulk_create(Unit(item=item, language="sw") for item in items)
    return made


def started(where: Dataset, *, concurrency: int = 32, steps: list[str | dict[str, Any]] = STEPS) -> Run:
    """A run that drafts it by the scripted server."""
    provider = {"name": "openai", "params": {"model": "some-model"}}
    job = DraftJob(languages=["sw"], provider=provider, steps=steps, concurrency=concurrency)
    return runs.start(where, job, by=None)


@contextmanager
def model(script: Script, *, witness: Path | None = None) -> Iterator[str]:
    """The scripted server in a process of its own; its address, which the environment then names."""
    file = Path(settings.DRAGOMAN_HOME) / "script.json"
    script.save(file)
    command = [sys.executable, "-m", "tests.llm_server", "--script", str(file)]
    command += ["--witness", str(witness)] if witness else []
    with subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().strip()
            os.environ.update(OPENAI_BASE_URL=url, OPENAI_API_KEY="bench")
            yield url
        finally:
            process.kill()


def bare(url: str, first: int, rows: int, concurrency: int) -> Speed:
    """The floor: the official client on its faster transport in one event loop, which translates and translates back, and keeps nothing."""
    began, cpu = time.perf_counter(), time.process_time()
    asyncio.run(_bare(url, first, rows, concurrency))
    return Speed(rows / (time.perf_counter() - began), 500 * (time.process_time() - cpu) / rows)


async def _bare(url: str, first: int, rows: int, concurrency: int) -> None:
    limits = httpx2.Limits(max_connections=2 * concurrency, max_keepalive_connections=2 * concurrency)
    transport = openai.DefaultAioHttpClient(limits=limits)
    there, back, left = Prompt("translate"), Prompt("back_translate"), iter(range(first, first + rows))

    async def call(client: openai.AsyncOpenAI, prompt: Prompt, data: Any) -> Any:
        messages = list(prompt.messages(source="English", target="Swahili", data=data))
        answer = await client.chat.completions.create(model="some-model", messages=messages, max_tokens=2048)  # type: ignore[arg-type]
        return orjson.loads(answer.choices[0].message.content or "")

    async with openai.AsyncOpenAI(base_url=url, api_key="bench", max_retries=0, http_client=transport) as client:

        async def one_after_the_other() -> None:
            for number in left:
                await call(client, back, await call(client, there, {"text": text(number)}))

        await asyncio.gather(*(one_after_the_other() for _ in range(concurrency)))
