"""Campaigns: those of a dataset, and making one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import validate_slug
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from annotation import policies
from annotation.actions import campaigns
from annotation.models import Campaign, Dataset, Task
from annotation.task_types import task_types
from core.policy import require
from frontend.pages.access import dataset_render, member_page
from frontend.pages.campaign import tasks_made
from frontend.pages.forms import Prose, asked, done, language_choice, named

EXAMPLE = """\
slug: post-edit
name: Post-edit, then verify
guideline: |
  Say what the source says, no more and no less.
examples:              # shown under the guideline; draft and language may be left out
  - source: Nobody slept.
    draft: Everybody slept.
    answer: Nobody slept.
    why: The draft had lost the “no”.
admission:
  status: [drafted]
  route: people        # what the checks sent to people; leave out for all drafts
overlap: 1             # answers per unit
verification: all      # all, disputed, share or none
max_rounds: 3
lease_minutes: 30
batch_size: 0          # tasks a person takes at once, due in batch_days; 0: one by one
# credit: {per: word, rate: "0.08", unit: EUR}   # or per submission, or per minute up to cap_minutes
"""


class NewCampaign(forms.Form):
    """The choices most campaigns differ in; the YAML form has all of them."""

    name = forms.CharField(label=_("Name"), max_length=120, initial=_("Post-edit, then verify"))
    slug = forms.CharField(label=_("Short name"), max_length=60, initial="post-edit", validators=[validate_slug])
    task_type = forms.ChoiceField(label=_("People are asked to"))
    route = forms.ChoiceField(
        label=_("Units"), required=False,
        choices=[("", _("all drafts")), ("people", _("drafts the checks sent to people"))],
    )  # fmt: skip
    overlap = forms.IntegerField(label=_("Answers for each unit"), min_value=1, max_value=50, initial=1)
    verification = forms.ChoiceField(label=_("Experts verify"), choices=named(Campaign.Verification))
    guideline = Prose(
        label=_("Guideline"),
        rows=8,
        required=False,
        help_text=_("Markdown. People have it one key away while they work."),
    )

    def __init__(self, dataset: Dataset, *args: Any) -> None:
        super().__init__(*args)
        kinds = [(name, gettext(one.label)) for name, one in task_types.all.items() if "annotate" in one.stages]
        self.fields["task_type"].choices = kinds
        self.fields["languages"] = language_choice(
            dataset.language_tags, label=_("Languages"), required=False, help_text=_("None ticked: all.")
        )

    def plan(self) -> dict[str, Any]:
        """The cleaned choices as the keywords of a campaign."""
        values = dict(self.cleaned_data)
        route = values.pop("route")
        return values | {"admission": {"status": ["drafted"], "route": route}}


class Yaml(forms.Form):
    text = forms.CharField(
        label=_("Campaign, or a chain of them"), strip=False, initial=EXAMPLE,
        help_text=_("One campaign's keys, or “campaigns:” with a list of them, where later ones come “after” earlier ones. All are made, or none."),
        widget=forms.Textarea(attrs={"class": "code", "rows": 14, "spellcheck": "false"}),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def campaigns_page(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    if request.method == "POST":
        require(policies.manage(request.user, dataset))
        return asked(request, {"create": _create, "yaml": _create_from_yaml, "open": _open_all})(request, dataset)
    return _campaigns(request, dataset)


def _campaigns(
    request: HttpRequest, dataset: Dataset, form: forms.Form | None = None, text: forms.Form | None = None
) -> HttpResponse:  # fmt: skip
    member = policies.member(request.user, dataset.pk)
    found = list(dataset.campaigns.annotate(over=Q(status=Campaign.Status.CLOSED)).order_by("over", "pk"))
    told = {one.pk for one in found if policies.sees_progress(member, one)}
    counts = _counts(Task.objects.filter(campaign__in=told, purpose=Task.Purpose.WORK))
    context = {
        "campaigns": [
            (one, task_types.all.get(one.task_type.get("name", "")), counts.get(one.pk, _summed({})) if one.pk in told else None,
             policies.serves(member, one))
            for one in found
        ],
        "prepared": sum(one.status == Campaign.Status.DRAFT for one in found),
        "form": form or NewCampaign(dataset),
        "yaml": text or Yaml(),
    }
    status = 422 if (form and form.errors) or (text and text.errors) else 200
    return dataset_render(request, "frontend/campaigns.html", dataset, status=status, **context)


def _create(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    form = NewCampaign(dataset, request.POST)
    made = done(form, campaigns.create, dataset, **form.plan(), by=request.user) if form.is_valid() else None
    return _made(request, [made]) if made else _campaigns(request, dataset, form=form)


def _create_from_yaml(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    form = Yaml(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    made = done(form, campaigns.from_yaml, dataset, text, by=request.user) if text else None
    return _made(request, made) if made else _campaigns(request, dataset, text=form)


def _made(request: HttpRequest, made: list[Campaign]) -> HttpResponse:
    """To the campaign that was made; a chain is seen, and opened, where its campaigns stand together."""
    if len(made) == 1:
        messages.success(request, gettext("%(name)s is made. Open it when the guideline is ready.") % {"name": made[0]})
        return redirect("campaign", made[0].dataset.slug, made[0].slug)
    names = ", ".join(map(str, made))
    messages.success(request, gettext("Made, and not open yet: %(names)s.") % {"names": names})
    return redirect("campaigns", made[0].dataset.slug)


def _open_all(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    """Open all that are being prepared, or none of them."""
    with transaction.atomic():
        prepared = dataset.campaigns.filter(status=Campaign.Status.DRAFT).order_by("pk")
        made = [campaigns.open_campaign(one, by=request.user) for one in prepared]
    opened = ngettext("%(count)s campaign is live.", "%(count)s campaigns are live.", len(made)) % {"count": len(made)}
    messages.success(request, tasks_made(sum(made), opened))
    return redirect("campaigns", dataset.slug)


def _counts(tasks: QuerySet) -> dict[int, dict[str, int]]:
    """Tasks by status for each campaign that has any."""
    found: dict[int, dict[str, int]] = {}
    for campaign, status, count in tasks.order_by().values_list("campaign", "status").annotate(Count("pk")):
        found.setdefault(campaign, {})[status] = count
    return {campaign: _summed(counts) for campaign, counts in found.items()}


def _summed(counts: dict[str, int]) -> dict[str, int]:
    """Every status with its count; one that was sent back is not part of the total, for its next round is."""
    total = sum(counts.get(status, 0) for status in (Task.Status.OPEN, Task.Status.DONE, Task.Status.REJECTED))
    return {status: counts.get(status, 0) for status in Task.Status.values} | {"total": total}


urlpatterns = [path("d/<slug:slug>/campaigns/", campaigns_page, name="campaigns")]
