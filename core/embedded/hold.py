"""Using the embedded servers: whoever comes first starts them, whoever leaves last stops them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.embedded.postgres import start_postgres, stop_postgres
from core.embedded.process import locked, make_home
from core.embedded.valkey import start_redis, stop_redis


@contextmanager
def running(home: Path, *, postgres: bool = True, redis: bool = True) -> Iterator[None]:
    """Keep the embedded servers up while inside, also when several processes want them at once."""
    make_home(home)
    try:
        with locked(home, "in-use", shared=True):
            if postgres:
                start_postgres(home)
            if redis:
                start_redis(home)
            yield
    finally:
        _stop_if_last(home)


def _stop_if_last(home: Path) -> None:
    with locked(home, "in-use", wait=False) as alone:
        if alone:
            stop_redis(home)
            stop_postgres(home)
