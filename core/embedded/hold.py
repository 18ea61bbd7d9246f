"""Using the embedded servers: whoever comes first starts them, whoever leaves last stops them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from core.embedded.addresses import redis_url
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


@contextmanager
def running_as_configured() -> Iterator[None]:
    """Those of the embedded servers that the settings rely on; servers of yours are left alone."""
    postgres, redis = settings.EMBEDDED, redis_url(settings.DRAGOMAN_HOME) == settings.REDIS_URL
    if not (postgres or redis):
        yield
        return
    with running(settings.DRAGOMAN_HOME, postgres=postgres, redis=redis):
        yield


def _stop_if_last(home: Path) -> None:
    with locked(home, "in-use", wait=False) as alone:
        if alone:
            stop_redis(home)
            stop_postgres(home)
