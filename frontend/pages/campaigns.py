"""Campaigns: those of a dataset, and making one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import validate_slug
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from annotation import policies
from annotation.actions import campaigns
from annotation.models import Campaign, Dataset, Task
from annotation.task_types import task_types
from core.models import User
from core.policy import require
from frontend.pages.access import dataset_render, member_page
from frontend.pages.forms import Prose, asked, done, language_choice

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
    verification = forms.ChoiceField(label=_("Experts verify"), choices=Campaign.Verification.choices)
    guideline = Prose(
        label=_("Guideline"),
        rows=8,
        required=False,
        help_text=_("Markdown. People have it one key away while they work."),
    )

    def __init__(self, dataset: Dataset, *args: Any) -> None:
        super().__init__(*args)
        kinds = [(name, one.label) for name, one in task_types.all.items() if "annotate" in one.stages]
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
        label=_("Campaign"), strip=False, initial=EXAMPLE,
        widget=forms.Textarea(attrs={"class": "code", "rows": 14, "spellcheck": "false"}),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def campaigns_page(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    form, text = NewCampaign(dataset), Yaml()
    if request.method == "POST":
        require(policies.manage(request.user, dataset))
        form, text, made = asked(request, {"create": _create, "yaml": _create_from_yaml})(request, dataset)
        if made:
            messages.success(
                request, gettext("%(name)s is made. Open it when the guideline is ready.") % {"name": made}
            )
            return redirect("campaign", dataset.slug, made.slug)
    found = dataset.campaigns.select_related("dataset").order_by("-pk")
    context = {
        "campaigns": [(one, _counts(request.user, one), policies.work_in(request.user, one)) for one in found],
        "form": form,
        "yaml": text,
    }
    status = 422 if form.errors or text.errors else 200
    return dataset_render(request, "frontend/campaigns.html", dataset, status=status, **context)


def _create(request: HttpRequest, dataset: Dataset) -> tuple[forms.Form, forms.Form, Campaign | None]:
    form = NewCampaign(dataset, request.POST)
    made = done(form, campaigns.create, dataset, **form.plan(), by=request.user) if form.is_valid() else None
    return form, Yaml(), made


def _create_from_yaml(request: HttpRequest, dataset: Dataset) -> tuple[forms.Form, forms.Form, Campaign | None]:
    form = Yaml(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    made = done(form, campaigns.from_yaml, dataset, text, by=request.user) if text else None
    return NewCampaign(dataset), form, made[0] if made else None


def _counts(user: User, campaign: Campaign) -> dict[str, int] | None:
    """Tasks by status, for those who may see them; one that was sent back is not part of the total, for its next round is."""
    if not policies.see_progress(user, campaign):
        return None
    work = campaign.tasks.filter(purpose=Task.Purpose.WORK)
    counts = dict(work.order_by().values_list("status").annotate(Count("pk")))
    total = sum(counts.get(status, 0) for status in (Task.Status.OPEN, Task.Status.DONE, Task.Status.REJECTED))
    return {status: counts.get(status, 0) for status in Task.Status.values} | {"total": total}


urlpatterns = [path("d/<slug:slug>/campaigns/", campaigns_page, name="campaigns")]
