"""The form that starts drafting: what machines translate, who does it, and by what the drafts are judged."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from annotation.models import Dataset
from frontend.pages.access import dataset_render, manager_page
from frontend.pages.forms import BatchingField, BudgetField, ProviderField, done, known_providers, language_choice
from pipelines import judging
from pipelines.actions import drafts
from pipelines.models import Run
from pipelines.providers import providers
from pipelines.steps import steps


class Draft(forms.Form):
    """What to draft and who is to do it; then, folded away, by what the drafts are judged."""

    CHECKS = ("threshold", "percentile", "audit", "judge", "judges", "same_judge", "embedder")

    provider = ProviderField()
    existing = forms.ChoiceField(
        label=_("Units that have a text already, from an import"), initial="check",
        choices=[("check", _("check the text, keep it")), ("skip", _("leave them alone"))],
    )  # fmt: skip
    limit = forms.IntegerField(label=_("At most so many units"), required=False, min_value=1, help_text=_("Empty: all."))
    pilot = forms.BooleanField(
        label=_("Pilot: 20 units at random, to see what all will cost"),
        required=False,
        help_text=_("What it makes is kept, and not paid for again."),
    )
    together = forms.IntegerField(
        label=_("Short units in one request"), required=False, min_value=1, max_value=drafts.MOST_TOGETHER,
        help_text=_("Empty: each by itself. What does not come back exactly is asked alone."),
    )  # fmt: skip
    batching = BatchingField()
    budget = BudgetField()
    threshold = forms.FloatField(
        label=_("chrF++ of the way back, at least"), initial=45, min_value=0, max_value=100, required=False,
        help_text=_("What comes back further from its source goes to people. Empty: 45."),
    )  # fmt: skip
    percentile = forms.IntegerField(
        label=_("Instead, this percentile of the language's own chrF++"), required=False, min_value=0, max_value=100,
        help_text=_("As soon as a language has enough texts to tell; the score above until then."),
    )  # fmt: skip
    audit = forms.IntegerField(
        label=_("Of what passes, people look at so many in a hundred all the same"), initial=5, min_value=0, max_value=100,
        required=False, help_text=_("By them the miss rate of the checks is known. Empty: 5."),
    )  # fmt: skip
    judge = ProviderField(
        label=_("Judge"), required=False,
        help_text=_("Another model than the one that translates. People see what it said after they have answered."),
    )  # fmt: skip
    judges = forms.MultipleChoiceField(label=_("It judges by"), required=False, widget=forms.CheckboxSelectMultiple)
    same_judge = forms.BooleanField(label=_("The translator may judge its own work"), required=False)
    embedder = ProviderField(
        label=_("Provider of embeddings"), required=False,
        help_text=_("Sources and what comes back are compared by them, too; a local server's, for example."),
    )  # fmt: skip

    def __init__(self, dataset: Dataset, *args: Any) -> None:
        super().__init__(*args)
        self.fields["judges"].choices = [(one.name, gettext(one.label)) for one in judging.ways(steps.all.values())]
        kinds = [(name, name) for name, kind in dataset.kinds.kinds.items() if kind.translatable]
        first = {"languages": language_choice(dataset.language_tags, label=_("Languages"))}
        if len(kinds) > 1:
            first["kinds"] = forms.MultipleChoiceField(
                label=_("Kinds"),
                choices=kinds,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("None ticked: all."),
            )
        self.fields = first | self.fields

    def what(self) -> list[forms.BoundField]:
        """The fields that everybody looks at."""
        return [field for field in self if field.name not in self.CHECKS]

    def checks(self) -> list[forms.BoundField]:
        """The fields that can be left as they are."""
        return [self[name] for name in self.CHECKS]

    def checks_wrong(self) -> bool:
        """Whether there is something to mend in what is folded away."""
        return any(name in self.errors for name in self.CHECKS)

    def clean_judges(self) -> list[str]:
        """Judging is done by a provider and by a way of judging, or not at all."""
        judge, ways = self.cleaned_data.get("judge"), self.cleaned_data["judges"]
        if "judge" in self.errors:
            return ways
        if ways and not judge:
            raise forms.ValidationError(_("Say above which provider judges."))
        if judge and not ways:
            raise forms.ValidationError(_("Say by what the judge judges."))
        return ways


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def draft(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    form = Draft(dataset, request.POST or None)
    if form.is_valid() and (started := done(form, _start, dataset, form.cleaned_data, request.user)):
        return redirect("run", dataset.slug, started.pk)
    context = {"form": form, "providers": known_providers(), "unavailable": providers.unavailable}
    return dataset_render(request, "frontend/draft.html", dataset, status=422 if form.errors else 200, **context)


def _start(dataset: Dataset, said: dict[str, Any], user: Any) -> Run:
    # What is left empty is as the action has it.
    wishes = {name: value for name, value in said.items() if value not in ("", None)}
    if "audit" in wishes:
        wishes["audit"] /= 100
    return drafts.start(dataset, **wishes, by=user)


urlpatterns = [path("d/<slug:slug>/draft/", draft, name="draft")]
