"""Selections: those there are, a new one from a selector's parameters, and one with what it rejected and why."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from annotation.models import Dataset, Selection
from core import spreadsheet
from core.errors import Missing
from frontend.pages import plugin_forms
from frontend.pages.access import dataset_render, manager_page
from frontend.pages.forms import done
from frontend.pages.sheets import csv_response
from frontend.plugin_words import described
from pipelines.actions import selections
from pipelines.models import Run
from pipelines.selectors import selectors

SHOWN = 100
HEADER = ("kind", "key", "kept", "bucket", "split", "reason")


class New(forms.Form):
    """What the selection is called and looks at; the chosen selector adds its own parameters."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, help_text=gettext_lazy("Small letters, digits and hyphens. It is never given twice.")
    )

    def __init__(self, dataset: Dataset, name: str, *args: Any) -> None:
        super().__init__(*args)
        self.selector = selectors.get(name)
        kinds, earlier = dataset.kinds, dataset.selections.order_by("-pk").values_list("slug", flat=True)
        if len(kinds.kinds) > 1:
            self.fields["kinds"] = forms.MultipleChoiceField(
                label=_("Kinds"), choices=[(one, one) for one in kinds.kinds], required=False, initial=kinds.released,
                widget=forms.CheckboxSelectMultiple, help_text=_("None ticked: those that are rows of a release."),
            )  # fmt: skip
        if earlier:
            self.fields["among"] = forms.ChoiceField(
                label=_("Look at"), required=False, choices=[("", _("all items")), *((one, _("what %s kept") % one) for one in earlier)]
            )  # fmt: skip
        self.fields |= plugin_forms.fields_of(self.selector)

    def start(self, dataset: Dataset, user: Any) -> Run:
        """Build the selector and let it look."""
        values = self.cleaned_data
        selector = selectors.build({"name": self.selector.name, "params": plugin_forms.params(self.selector, values)})
        wishes = {"kinds": values.get("kinds", ()), "among": values.get("among", "")}
        return selections.start(dataset, values["name"], selector=selector, **wishes, by=user)


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def page(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    name = request.POST.get("selector") or request.GET.get("selector", "")
    form = New(dataset, name if name in selectors.all else min(selectors.all), request.POST or None)
    if form.is_valid() and done(form, form.start, dataset, request.user):
        return redirect("selections", dataset.slug)
    counted = {"kept": Count("rows", filter=Q(rows__kept=True)), "rejected": Count("rows", filter=Q(rows__kept=False))}
    context = {
        "selections": dataset.selections.select_related("among", "created_by").annotate(**counted).order_by("-pk"),
        "unfinished": dataset.runs.filter(job__name="select").exclude(status=Run.Status.DONE).order_by("-pk"),
        "form": form,
        "selectors": selectors.all.values(),
        "chosen": form.selector,
        "about": described(form.selector),
    }
    return dataset_render(request, "frontend/selections.html", dataset, status=422 if form.errors else 200, **context)


@require_safe
@manager_page
def selection(request: HttpRequest, dataset: Dataset, name: str) -> HttpResponse:
    found = _named(dataset, name)
    parts = selections.parts(found)
    after = request.GET.get("after", "")
    rejects = found.rows.filter(kept=False, item__gt=int(after) if after.isdecimal() else 0).select_related("item").order_by("item")
    shown = list(rejects[: SHOWN + 1])
    context = {
        "selection": found,
        "parts": parts,
        "kept": sum(part.kept for part in parts),
        "rejected": sum(part.rejected for part in parts),
        "rejects": [(row, dataset.kinds.kind(row.item.kind)) for row in shown[:SHOWN]],
        "next": shown[SHOWN - 1].item_id if len(shown) > SHOWN else None,
    }
    return dataset_render(request, "frontend/selection.html", dataset, **context)


@require_safe
@manager_page
def table(request: HttpRequest, dataset: Dataset, name: str) -> StreamingHttpResponse:
    """Every item it looked at, and what it said of it."""
    found = _named(dataset, name)
    return csv_response(spreadsheet.lines(HEADER, _lines(found)), f"{dataset.slug}-{found.slug}.csv")


def _lines(found: Selection) -> Iterator[tuple[Any, ...]]:
    rows = found.rows.order_by("item").values_list("item__kind", "item__key", "kept", "bucket", "split", "reason")
    for kind, key, kept, *rest in rows.iterator(chunk_size=2000):
        yield kind, key, "yes" if kept else "no", *rest


def _named(dataset: Dataset, name: str) -> Selection:
    found = dataset.selections.select_related("among", "created_by").filter(slug=name).first()
    if found is None:
        raise Missing(_("%(dataset)s has no selection %(name)s.") % {"dataset": dataset, "name": name})
    return found


urlpatterns: list[Any] = [
    path("d/<slug:slug>/selections/", page, name="selections"),
    path("d/<slug:slug>/selections/<slug:name>/", selection, name="selection"),
    path("d/<slug:slug>/selections/<slug:name>/items.csv", table, name="selection_table"),
]
