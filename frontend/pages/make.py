"""Making items: the steps there are, each with what it does, and the form that starts one."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from annotation.models import Dataset
from core.errors import Missing
from frontend.pages import plugin_forms
from frontend.pages.access import dataset_render, manager_page
from frontend.pages.forms import BatchingField, BudgetField, ProviderField, done, language_choice
from frontend.plugin_words import described
from pipelines.actions import makings
from pipelines.models import Run
from pipelines.steps import Step


class Making(forms.Form):
    """What is made of what, in which languages and by whom; the chosen step adds its own parameters."""

    source = forms.ChoiceField(label=_("Made of items of the kind"))
    kind = forms.ChoiceField(label=_("Kind of the new items"))
    fields_of_kind = plugin_forms.MappingField(
        label=_("What that kind calls the fields"),
        required=False,
        widget=forms.Textarea(attrs={"class": "code", "rows": 3, "spellcheck": "false", "placeholder": "question = text"}),
        help_text=_("Only where the names differ, one a line: name here = name there. source = FIELD writes the key of the source item."),
    )
    text = forms.ChoiceField(
        label=_("What is read"), initial="source",
        choices=[("source", _("the source")), ("translation", _("its present translation into the language of the new items"))],
    )  # fmt: skip
    provider = ProviderField(required=False)
    judge = ProviderField(label=_("Judge"), required=False, help_text=_("Another model than the one that writes."))
    limit = forms.IntegerField(
        label=_("Of so many items at most"), required=False, min_value=1, help_text=_("Empty: of all.")
    )
    pilot = forms.BooleanField(label=_("Pilot: of 20 items at random, to see what comes of it"), required=False)
    batching = BatchingField()
    budget = BudgetField()

    def __init__(self, step: type[Step], dataset: Dataset, *args: Any) -> None:
        super().__init__(*args)
        kinds = [(name, name) for name in dataset.kinds.kinds]
        for name in ("source", "kind"):
            self.fields[name].choices = kinds
        tags = [*dataset.language_tags, dataset.source_language]
        first = {"languages": language_choice(tags, label=_("Languages of the new items"))}
        first |= {name: self.fields.pop(name) for name in ("source", "kind", "fields_of_kind", "text")}
        self.fields = first | plugin_forms.fields_of(step) | self.fields
        alone = not step(**step.example).asks_models
        unneeded = {"judge": not step.asks, "text": not step.crosses or step.compares, "provider": alone, "batching": alone, "budget": alone}
        for name in (name for name, so in unneeded.items() if so):
            del self.fields[name]
        if not step.makes:  # the same texts in other words: of the same kind, under the same names
            del self.fields["kind"], self.fields["fields_of_kind"]


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def page(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    makers = makings.makers()
    name = request.GET.get("step", "")
    if name and name not in makers:
        raise Missing(_("There is no step %(name)s that makes items.") % {"name": name[:40]})
    step = makers.get(name)
    form = Making(step, dataset, *([request.POST] if request.method == "POST" else [])) if step else None
    if form and form.is_valid() and (run := done(form, _start, dataset, step, form.cleaned_data, request.user)):
        return redirect("run", dataset.slug, run.pk)
    context = {
        "form": form,
        "chosen": step,
        "about": described(step) if step else (),
        "makers": [(one, described(one)[0]) for one in sorted(makers.values(), key=lambda one: one.label)],
    }
    return dataset_render(request, "frontend/make.html", dataset, status=422 if form and form.errors else 200, **context)


def _start(dataset: Dataset, step: type[Step], values: dict[str, Any], user: Any) -> Run:
    return makings.start(
        dataset,
        {"name": step.name, "params": plugin_forms.params(step, values)},
        source=values["source"],
        kind=values.get("kind", ""),
        languages=values["languages"],
        fields=values.get("fields_of_kind", {}),
        text=values.get("text", "source"),
        limit=values["limit"],
        pilot=values["pilot"],
        batching=values.get("batching", ""),
        budget=values.get("budget"),
        by=user,
        provider=values.get("provider"),
        judge=values.get("judge"),
    )


urlpatterns = [path("d/<slug:slug>/make/", page, name="make")]
