"""A pool after a restart of PostgreSQL, when all its connections are dead, and while there is none to be had."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool, PoolTimeout

from core.pooled import base as pooled
from core.pooled.base import IMPATIENT, DatabaseWrapper

pytestmark = pytest.mark.django_db(transaction=True)
# More than the pool's own check gets through in this time, in seconds: it waits one, then two, and so on.
DEAD, TIMEOUT = 4, 4


@pytest.fixture
def wrapper(request: pytest.FixtureRequest) -> Iterator[base.DatabaseWrapper]:
    """A database whose pool is full of connections that the server has ended."""
    kind, checks = request.param
    options = connection.settings_dict["OPTIONS"] | {"pool": {"min_size": 0, "max_size": DEAD, "timeout": TIMEOUT}}
    changed = {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": checks, "OPTIONS": options}
    one = kind(connection.settings_dict | changed, alias="pooled")
    try:
        several = [one.get_new_connection(one.get_connection_params()) for _ in range(DEAD)]
        pids = [each.info.backend_pid for each in several]
        for each in several:
            one.pool.putconn(each)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid, 10000) FROM unnest(%s) AS pid", [pids])
        yield one
    finally:
        one.close_pool()


@pytest.mark.parametrize("wrapper", [(DatabaseWrapper, False)], indirect=True)
def test_whoever_comes_first_after_a_restart_gets_a_living_connection(wrapper: DatabaseWrapper):
    found = wrapper.get_new_connection(wrapper.get_connection_params())
    assert found.execute("SELECT 1").fetchone() == (1,)
    wrapper.pool.putconn(found)


@pytest.mark.parametrize("wrapper", [(base.DatabaseWrapper, True)], indirect=True)
def test_control_the_pools_own_check_gives_none_in_time(wrapper: base.DatabaseWrapper):
    with pytest.raises(PoolTimeout):
        wrapper.get_new_connection(wrapper.get_connection_params())


@pytest.mark.parametrize("wrapper", [(DatabaseWrapper, False)], indirect=True)
def test_while_the_server_is_away_only_the_first_wait_long(wrapper: DatabaseWrapper):
    held = [wrapper.get_new_connection(wrapper.get_connection_params()) for _ in range(DEAD)]
    with pytest.raises(PoolTimeout):
        wrapper.get_new_connection(wrapper.get_connection_params())
    assert wrapper.pool.timeout == IMPATIENT
    for one in held:
        wrapper.pool.putconn(one)
    wrapper.pool.putconn(wrapper.get_new_connection(wrapper.get_connection_params()))
    assert wrapper.pool.timeout == TIMEOUT


@pytest.mark.parametrize(("trusted", "times"), [(60, 0), (0, 3)], ids=["trusted", "control: nothing is trusted"])
@pytest.mark.parametrize("wrapper", [(DatabaseWrapper, False)], indirect=True)
def test_a_connection_that_answered_just_now_is_not_asked_again(wrapper: DatabaseWrapper, trusted, times, monkeypatch):
    def fetch() -> None:
        wrapper.pool.putconn(wrapper.get_new_connection(wrapper.get_connection_params()))

    asked, check = [], ConnectionPool.check_connection
    monkeypatch.setattr(pooled, "TRUSTED", trusted)
    for _ in range(3 * DEAD):  # those after the restart are new: each is asked when it is given for the second time
        fetch()
    monkeypatch.setattr(ConnectionPool, "check_connection", staticmethod(lambda one: asked.append(one) or check(one)))
    for _ in range(3):
        fetch()
    assert len(asked) == times


@pytest.mark.parametrize("wrapper", [(DatabaseWrapper, False)], indirect=True)
def test_a_trusted_connection_that_is_closed_is_seen_without_waiting(wrapper: DatabaseWrapper):
    for _ in range(3 * DEAD):
        found = wrapper.get_new_connection(wrapper.get_connection_params())
        wrapper.pool.putconn(found)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [found.info.backend_pid])
    other = wrapper.get_new_connection(wrapper.get_connection_params())
    assert other.execute("SELECT 1").fetchone() == (1,) and other is not found
    wrapper.pool.putconn(other)
