"""Looking up a record of a terminology, for people who are asked which one is meant."""

from collections.abc import Iterator
from typing import Any

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotation import policies
from annotation.asks.entity import Entity
from annotation.models import Assignment, Dataset, Item
from annotation.models.members import Role
from annotation.task_types import task_types
from core.errors import Refused
from core.models import User
from frontend.pages.access import member_page
from frontend.templatetags.texts import known_language

SHOWN = 12
# Of so many that fit the closest are shown.
LOOKED_AT = 200


class MentionsText(Func):
    """Whether any string value of a JSON column has a text in it, in capitals or small letters."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple]:
        (column, first), (needle, second) = (compiler.compile(one) for one in self.get_source_expressions())
        return (
            f"EXISTS (SELECT 1 FROM jsonb_path_query({column}, 'strict $.**') AS part(value)"
            f" WHERE jsonb_typeof(part.value) = 'string' AND strpos(lower(part.value #>> '{{}}'), lower({needle})) > 0)",
            (*first, *second),
        )


@never_cache
@require_safe
@member_page
def terms(request: HttpRequest, dataset: Dataset, kind: str) -> HttpResponse:
    """Records of a kind that have the words in a text or their key, the closest first; or the one of a key."""
    _require_asked(request.user, dataset, kind)
    items = Item.objects.select_related("dataset").filter(dataset=dataset, kind=kind)
    if key := request.GET.get("key"):
        return JsonResponse({"found": [_told(one) for one in items.filter(key=_plain(key))]})
    words = _plain(request.GET.get("q", "")).strip()
    return JsonResponse({"found": [_told(one) for one in _closest(items, words)] if words else []})


def _require_asked(user: User, dataset: Dataset, kind: str) -> None:
    """Experts and managers see all records anyhow; annotators those that a task they hold asks them to choose among."""
    member = policies.member(user, dataset.pk)
    if policies.manage(user, dataset) or (member and member.role == Role.EXPERT):
        return
    held = Assignment.objects.filter(person=user, campaign__dataset=dataset, status=Assignment.Status.ACTIVE)
    if not any(kind == one.kind for spec in held.values_list("campaign__task_type", flat=True) for one in _entities(spec)):
        raise Refused(_("You are asked nothing about records of this kind."))


def _entities(spec: dict[str, Any]) -> Iterator[Entity]:
    return (ask for ask in task_types.build(spec).asks() if isinstance(ask, Entity))


def _closest(items: QuerySet[Item], words: str) -> list[Item]:
    fits = items.annotate(there=MentionsText(F("content"), Value(words))).filter(Q(key__icontains=words) | Q(there=True))
    return sorted(fits.order_by("key")[:LOOKED_AT], key=lambda one: _distance(one, words.casefold()))[:SHOWN]


def _distance(item: Item, words: str) -> tuple[bool, bool, int, str]:
    """What is the very word stands before what begins with it, and short before long."""
    said = [item.key.casefold(), *(one.casefold() for one in _texts(item))]
    length = min((len(one) for one in said if words in one), default=0)
    return (words not in said, not any(one.startswith(words) for one in said), length, item.key)


def _told(item: Item) -> dict[str, Any]:
    known, (first, *more) = known_language(item.language), [*_texts(item), item.key][:4]
    return {
        "key": item.key,
        "text": first,
        "more": " · ".join(one for one in more if one != item.key),
        "lang": item.language,
        "dir": known.direction if known else "auto",
    }


def _texts(item: Item) -> list[str]:
    """The texts of a record in the order of its kind's fields, not those inside of lists."""
    fields = item.dataset.kinds.kind(item.kind).fields
    return [item.content[name] for name in fields if isinstance(item.content.get(name), str)]


def _plain(text: str) -> str:
    # NUL cannot stand in any text, and the database would not even take the question.
    return text.replace("\x00", "")[:200]


urlpatterns = [path("d/<slug:slug>/terms/<str:kind>/", terms, name="terms")]
