"""Django's PostgreSQL with a pool that drops all its connections when it meets a dead one: after a restart all of them are."""

from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """To be used with ``CONN_HEALTH_CHECKS`` off: this is the check."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection:
        """A connection of the pool that was alive just now; raises `OperationalError` when there is none within its timeout.

        The pool's own check waits a second after the first dead connection it meets, then two, four and so on, and whoever
        comes first after a restart of the server would wait for all of them.
        """
        found = super().get_new_connection(conn_params)
        try:
            ConnectionPool.check_connection(found)
        except psycopg.Error:
            self.pool.putconn(found)
            self.pool.drain()
            found = super().get_new_connection(conn_params)
        return found
