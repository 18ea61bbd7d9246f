"""Transactions that wait for something other than the database, such as a disk."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

PATIENCE = "1h"


@contextmanager
def patient() -> Iterator[None]:
    """A transaction that may be silent for an hour, where others are rolled back after a lease's length.

    For a few short writes around work on large files. A process that freezes in it keeps its row locks that long, so it
    must lock nothing that others wait for in their ordinary work.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [PATIENCE])
        yield
