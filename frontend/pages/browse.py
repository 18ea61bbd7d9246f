"""The item browser: a dataset's units by filters and words, views of it to keep, and what is done to many units at once."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation import browsing, policies
from annotation.actions import deeds, views
from annotation.browsing import Reader, Wanted
from annotation.bulk import fetch
from annotation.judgements import is_judgement
from annotation.models import Dataset, Finding, SavedView, Unit
from core.errors import Conflict, Invalid, Missing
from core.policy import require
from frontend.pages.access import campaign_of, dataset_render, languages_of, manager_page, member_page
from frontend.pages.forms import asked

SHOWN = 50
EXAMPLES = 10
LARGEST = 2**63 - 1
DEEDS = {
    "withdraw": gettext_lazy("Withdraw from campaigns"),
    "admit": gettext_lazy("Give to a campaign"),
    "reject": gettext_lazy("Reject"),
    "reopen": gettext_lazy("Reopen"),
}
# The names of checks, each read off the index at once and none counted.
CHECKS = """
WITH RECURSIVE one AS (
    SELECT min(check_name) AS name FROM annotation_finding
    UNION ALL SELECT (SELECT min(check_name) FROM annotation_finding WHERE check_name > one.name) FROM one WHERE one.name IS NOT NULL)
SELECT name FROM one WHERE name IS NOT NULL
"""


@require_safe
@member_page
def units_page(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    require(policies.browse(request.user, dataset))
    reader, wanted = _reader(request, dataset), Wanted.of(request.GET)
    given = request.GET.get("after", "")
    after = min(int(given), LARGEST) if given.isascii() and given.isdecimal() else 0
    page = browsing.page(reader, wanted, after=after, most=SHOWN)
    rows = Unit.objects.filter(pk__in=page.units).select_related("item", "current").order_by("pk")
    query = _query(wanted)
    context = {
        "units": [(unit, dataset.kinds.kind(unit.item.kind)) for unit in rows],
        "page": page,
        "after": after,
        "next": f"{query}&after={page.units[-1]}".lstrip("&") if page.more else "",
        "query": query,
        "wanted": wanted,
        "read_at_once": browsing.COUNTED,
        "folded": "more" if any(getattr(wanted, name) for name in ("route", "check", "verdict", "campaign", "person")) else "",
        "views": _views(request, reader, wanted),
        "deeds": DEEDS.items(),
        "most": deeds.MOST,
        **_choices(reader),
    }
    return dataset_render(request, "frontend/units.html", dataset, **context)


@require_POST
@never_cache
@manager_page
def together(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    wanted, given = Wanted.of(request.POST), request.POST
    campaign = campaign_of(dataset, given["to"]) if given.get("to") else None
    chosen = {"deed": given.get("deed", ""), "campaign": campaign, "by": request.user}
    context = {"wanted": wanted, "query": _query(wanted), "reason": given.get("reason", ""), "asked": given}
    try:
        picked = _picked(request, dataset, wanted)
        if given.get("do") == "carry_out":
            return _carry_out(request, dataset, picked, wanted, chosen)
        told, problem = deeds.preview(dataset, picked, **chosen), ""
    except Conflict as conflict:
        told, problem = deeds.preview(dataset, picked, **chosen), str(conflict)
    except Invalid as invalid:
        context |= {"problem": invalid}
        return dataset_render(request, "frontend/units_together.html", dataset, status=invalid.status, **context)
    examples = Unit.objects.filter(pk__in=told.touched[:EXAMPLES]).select_related("item").order_by("pk")
    context |= {
        "told": told, "problem": problem, "title": DEEDS[told.deed], "ticked": given.getlist("unit"), "examples": examples,
        "others": len(told.touched) - len(examples),
    }  # fmt: skip
    return dataset_render(request, "frontend/units_together.html", dataset, status=409 if problem else 200, **context)


def _carry_out(request: HttpRequest, dataset: Dataset, picked: list[int], wanted: Wanted, chosen: dict[str, Any]) -> HttpResponse:
    sent = {"mark": request.POST.get("mark", ""), "reason": request.POST.get("reason", "")}
    done = deeds.carry_out(dataset, picked, **chosen, **sent)
    said = ngettext("%(title)s: done to %(n)s unit.", "%(title)s: done to %(n)s units.", done)
    messages.success(request, said % {"title": DEEDS[chosen["deed"]], "n": f"{done:,}"})
    return redirect(f"{reverse('units', args=[dataset.slug])}?{_query(wanted)}")


def _picked(request: HttpRequest, dataset: Dataset, wanted: Wanted) -> list[int]:
    """The units ticked, or all that the filters find: what was not said is neither."""
    if request.POST.get("which") == "all":
        return browsing.every(_reader(request, dataset), wanted, most=deeds.MOST)
    if request.POST.get("which") != "ticked":
        raise Invalid(_("Say which units: those ticked, or all that the filters find."), {"which": _("is not chosen")})
    return [int(one) for one in request.POST.getlist("unit") if one.isascii() and one.isdecimal() and int(one) <= LARGEST]


@require_POST
@member_page
def views_page(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    require(policies.browse(request.user, dataset))
    return asked(request, {"save": _save, "drop": _drop})(request, dataset)


def _save(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    wanted = Wanted.of(request.POST)
    shared = request.POST.get("shared") == "on"
    views.save(dataset, name=request.POST.get("name", ""), wanted=wanted, shared=shared, by=request.user)
    return redirect(f"{reverse('units', args=[dataset.slug])}?{_query(wanted)}")


def _drop(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    pk = request.POST.get("view", "")
    found = SavedView.objects.filter(dataset=dataset, pk=pk).first() if pk.isdecimal() and int(pk) <= LARGEST else None
    if found is None or not policies.read_view(request.user, found):
        raise Missing(_("It is not here any more: load the page again."))
    views.drop(found, by=request.user)
    return redirect("units", dataset.slug)


def _reader(request: HttpRequest, dataset: Dataset) -> Reader:
    return Reader(dataset, languages_of(request.user, dataset), bool(policies.manage(request.user, dataset)))


def _query(wanted: Wanted) -> str:
    query = QueryDict(mutable=True)
    query.update(wanted.given)
    return query.urlencode()


def _choices(reader: Reader) -> dict[str, Any]:
    """What can be chosen in each filter; the people only by who may know them, judgements by who may see them."""
    dataset = reader.dataset
    people = dataset.members.exclude(role="manager").order_by("pseudonym") if reader.manages else []
    return {
        "tags": reader.tags,
        "kinds": list(dataset.kinds.kinds),
        "statuses": Unit.Status.choices,
        "routes": [choice for choice in Unit.Route.choices if choice[0]],
        "checks": [name for (name,) in fetch(CHECKS, []) if reader.manages or not is_judgement(name)],
        "verdicts": Finding.Verdict.choices,
        "campaigns": dataset.campaigns.order_by("pk"),
        "people": people,
    }


def _views(request: HttpRequest, reader: Reader, wanted: Wanted) -> list[dict[str, Any]]:
    """The views this person has here, and as a manager those that are shared: whose `policies.read_view` allows. The open one is marked."""
    whose = Q(owner=request.user) | (Q(shared=True) if reader.manages else Q(pk=None))
    found = SavedView.objects.filter(whose, dataset=reader.dataset).order_by("name", "pk")
    return [{"row": one, "query": _query(Wanted.of(one.wanted)), "open": one.wanted == wanted.given} for one in found]


urlpatterns = [
    path("d/<slug:slug>/units/", units_page, name="units"),
    path("d/<slug:slug>/units/together/", together, name="units_together"),
    path("d/<slug:slug>/views/", views_page, name="views"),
]
