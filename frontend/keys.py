"""The keys of the work screen: what each does, its usual letter, and the one a person has chosen instead."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.models import User

USUAL: dict[str, tuple[str, Promise]] = {
    "edit": ("e", _("into the text")),
    "rating": ("r", _("to the rating")),
    "guideline": ("g", _("guideline")),
    "hints": ("t", _("terms and earlier translations")),
    "flag": ("f", _("flag")),
    "skip": ("s", _("skip")),
    "comment": ("c", _("comment")),
    "undo": ("z", _("undo")),
    "redo": ("y", _("redo")),
    "marks": ("i", _("show spaces, joiners and marks of direction")),
    "mine": ("p", _("previous answers")),
    "keys": ("?", _("this list")),
}


def usual() -> dict[str, str]:
    """Each action's key as it comes."""
    return {name: key for name, (key, _words) in USUAL.items()}


def of(person: User) -> dict[str, str]:
    """Each action's key for this person. Where one was given up, the usual ones hold."""
    return usual() | {name: key for name, key in person.keys.items() if name in USUAL}
