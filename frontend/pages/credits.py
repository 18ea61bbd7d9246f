"""A dataset's credits for its managers: everybody's statement, and the form for another line."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotation import statements
from annotation.actions import credits
from annotation.models import Campaign, Dataset
from core.models import User
from frontend.pages.access import dataset_render, manager_page
from frontend.pages.forms import done
from frontend.pages.sheets import csv_response


class Correction(forms.Form):
    """One more line in somebody's account."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("Person"))
    campaign = forms.ModelChoiceField(Campaign.objects.none(), label=_("Campaign"))
    amount = forms.DecimalField(
        label=_("Amount"), max_digits=12, decimal_places=6, help_text=_("Below zero takes away. Nothing that is written is changed.")
    )
    bonus = forms.BooleanField(label=_("It is a bonus, not a correction"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("The person reads it."))
    key = forms.CharField(widget=forms.HiddenInput, max_length=80)

    def __init__(self, dataset: Dataset, *args: Any) -> None:
        super().__init__(*args, initial={"key": uuid4().hex})
        self.fields["person"].queryset = User.objects.filter(memberships__dataset=dataset).order_by("username")
        self.fields["campaign"].queryset = dataset.campaigns.exclude(credit={}).order_by("-pk")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@manager_page
def credits_page(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    form = Correction(dataset, request.POST) if request.method == "POST" else Correction(dataset)
    if form.is_valid() and done(form, credits.correct, **form.cleaned_data, by=request.user):
        messages.success(request, gettext("The line is written."))
        return redirect("credits", dataset.slug)
    found = statements.ledger(dataset=dataset)
    if request.GET.get("as") == "csv":
        return csv_response(statements.csv_lines(found), f"{dataset.slug}-credits.csv")
    lines = statements.by_month(found)
    context = {"lines": lines, "totals": statements.totals(lines), "corrections": statements.corrections(found), "form": form}
    status = 422 if form.errors else 200
    return dataset_render(request, "frontend/credits.html", dataset, status=status, **context)


urlpatterns = [path("d/<slug:slug>/credits/", credits_page, name="credits")]
