"""Saved views: ways of looking at a dataset's units, kept under a name."""

from django.db import transaction

from annotation import policies
from annotation.browsing import Wanted
from annotation.models import Dataset, SavedView
from annotation.texts import storable
from core.errors import Conflict, Invalid
from core.events import record
from core.models import User
from core.policy import require
from core.told import told

LONGEST = 80
MOST = 50


def save(dataset: Dataset, *, name: str, wanted: Wanted, shared: bool = False, by: User) -> SavedView:
    """Keep filters under a name; one's own view of that name is replaced. A shared view is there for the dataset's managers, too."""
    require(policies.browse(by, dataset))
    name = name.strip()
    if not name:
        raise Invalid("A view needs a name.", {"name": told("is missing")})
    storable("name", name, LONGEST)
    if not wanted.given:
        raise Invalid("There is nothing to keep: choose a filter or look for words first.", {"wanted": told("is empty")})
    with transaction.atomic():
        mine = SavedView.objects.select_for_update().filter(dataset=dataset, owner=by)
        if mine.exclude(name=name).count() >= MOST:
            raise Conflict(told("You have {most} views here: drop one first.", most=MOST))
        values = {"wanted": wanted.given, "shared": shared}
        row, _ = SavedView.objects.update_or_create(dataset=dataset, owner=by, name=name, defaults=values)
        record("save_view", row, by=by, data={"name": name, **values})
    return row


def drop(view: SavedView, *, by: User | None) -> None:
    """Delete a view: one's own, or as a manager a shared one."""
    require(policies.drop_view(by, view))
    with transaction.atomic():
        record("drop_view", view, by=by, data={"name": view.name})
        view.delete()
