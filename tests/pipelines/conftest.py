"""A model that says what its script says, where jobs look for one."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from pipelines import asking
from tests import llm_server

Scripted = Callable[[llm_server.Script], AbstractContextManager[llm_server.Server]]


@pytest.fixture
def scripted(monkeypatch) -> Scripted:
    """``with scripted(Script(…)) as server:``: the environment names it, and nobody waits between two tries."""

    @contextmanager
    def serving(script: llm_server.Script) -> Iterator[llm_server.Server]:
        monkeypatch.setattr(asking, "backoff", lambda failures, retry_after: 0.0)
        with llm_server.serving(script) as running:
            monkeypatch.setenv("OPENAI_BASE_URL", running.url)
            monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
            yield running

    return serving
