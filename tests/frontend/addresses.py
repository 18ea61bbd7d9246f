"""Every page of the site for somebody who may see it, from the table of permissions: what goes for all pages is tried on all."""

from collections.abc import Iterator

from django.urls import reverse

from core.models import User
from tests.frontend.test_permissions import QUERIES, Row, arguments, table

# Files and what programs read: no pages.
FILES = ("picture", "download", "terms")


def pages() -> Iterator[Row]:
    """The rows of the table whose answer to a GET is a page that somebody may see."""
    for row in table():
        file = row.route in FILES or row.route.endswith("_table") or row.route == "run_errors"
        if row.verb == "GET" and not row.route.startswith("api_") and not file:
            yield row


def viewer(scene, row: Row) -> User | None:
    """Who sees most on it: a manager, else who has the role it is for."""
    cast = scene.cast
    those = {"manager": cast.ada, "admin": cast.admin, "expert": cast.efe, "annotator": cast.bola, "anonymous": None}
    return next(person for role, person in those.items() if row.expected[role] == "200")


def address(scene, row: Row, user: User | None) -> str:
    return reverse(row.route, kwargs=arguments(scene, row, user)) + QUERIES.get(row.route, "")
