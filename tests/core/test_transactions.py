"""A transaction that waits for a disk may be silent for long; any other is rolled back by the server."""

import time

import pytest
from django.db import DatabaseError, connection, transaction

from core.models import User
from core.transactions import patient

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def impatient():
    """A server that ends silence after 100 ms, on this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = 100")
    yield
    connection.close()


def work(around) -> None:
    """Two writes with half a second of silence between them."""
    with around:
        User.objects.create(username="before")
        time.sleep(0.5)
        User.objects.create(username="after")


def test_a_patient_transaction_outlasts_its_silence():
    work(patient())
    assert User.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("100ms",), "the patience ends with the transaction"


def test_control_a_plain_transaction_is_rolled_back_for_its_silence():
    with pytest.raises(DatabaseError, match="idle-in-transaction timeout"):
        work(transaction.atomic())
    connection.close()
    assert not User.objects.exists()
