"""Django's PostgreSQL behind a pool that minds restarts of the server: all dead connections go at once, and not everybody waits."""

import select
import time
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool, PoolTimeout

# Seconds: how long is waited for a connection where somebody has just waited for the whole of the pool's timeout in vain.
IMPATIENT = 0.2
# Seconds: for so long after it last answered, a connection on which nothing has arrived is taken for alive.
TRUSTED = 5


class DatabaseWrapper(base.DatabaseWrapper):
    """To be used with ``CONN_HEALTH_CHECKS`` off: this is the check."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection:
        """A connection of the pool that was alive just now; raises `PoolTimeout` when there is none in time.

        The pool's own check waits a second after the first dead connection it meets, then two, four and so on, and whoever
        comes first after a restart of the server would wait for all of them.
        """
        found = self._from_pool(conn_params)
        try:
            _check(found)
        except psycopg.Error:
            self.pool.putconn(found)
            self.pool.drain()
            found = self._from_pool(conn_params)
        return found

    def _from_pool(self, conn_params: dict[str, Any]) -> psycopg.Connection:
        """While the server is away only the first wait: the others' requests would queue up behind them for a thread."""
        try:
            found = super().get_new_connection(conn_params)
        except PoolTimeout:
            self.pool.timeout = IMPATIENT
            raise
        self.pool.timeout = self.settings_dict["OPTIONS"]["pool"]["timeout"]
        return found


def _check(found: psycopg.Connection) -> None:
    """Raise `psycopg.Error` when nobody is at the other end.

    A server that stops closes its connections, and a closed one has something to read: that is seen without asking. A line cut
    somewhere between says nothing, so each connection is asked as well, but not by every request: that is a way there and back.
    """
    line = select.poll()
    line.register(found, select.POLLIN)
    now = time.monotonic()
    if line.poll(0) or now - getattr(found, "answered", -TRUSTED) >= TRUSTED:
        ConnectionPool.check_connection(found)
        found.answered = now
