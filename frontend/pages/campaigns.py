"""Campaigns: making one, and one campaign with its progress, its moves and its guideline."""

from collections.abc import Callable
from typing import Any

import yaml
from django import forms
from django.contrib import messages
from django.core.validators import validate_slug
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from annotation import policies, reasons
from annotation.actions import campaigns, revising
from annotation.models import Campaign, Dataset, Submission, Task
from annotation.task_types import task_types
from core.errors import Missing
from core.policy import require
from frontend.pages.access import dataset_render, member_page
from frontend.pages.forms import Text, YamlField, asked, done, language_choice
from frontend.pages.pace import pace

EXAMPLE = """\
slug: post-edit
name: Post-edit, then verify
guideline: |
  Say what the source says, no more and no less.
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
    guideline = Text(
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
        label=_("Campaign, or a chain of them"), strip=False, initial=EXAMPLE,
        help_text=_("One campaign's keys, or “campaigns:” with a list of them, where later ones come “after” earlier ones. All are made, or none."),
        widget=forms.Textarea(attrs={"class": "code", "rows": 14, "spellcheck": "false"}),
    )  # fmt: skip


class NewGuideline(forms.Form):
    text = Text(
        label=_("Guideline"),
        rows=14,
        help_text=_("Markdown. Saving makes a new version; answers name the one they followed."),
    )


class NewPlan(forms.Form):
    plan = YamlField(label=_("Plan"), help_text=_("What is done stays done, and what people hold they may still send."))


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
    found = dataset.campaigns.annotate(over=Q(status=Campaign.Status.CLOSED)).order_by("over", "pk")
    counts = _counts(Task.objects.filter(campaign__dataset=dataset, purpose=Task.Purpose.WORK))
    context = {
        "campaigns": [
            (one, task_types.all.get(one.task_type.get("name", "")), counts.get(one.pk, _summed({})), policies.serves(member, one))
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
    messages.success(request, _tasks_made(sum(made), opened))
    return redirect("campaigns", dataset.slug)


def _counts(tasks: QuerySet) -> dict[int, dict[str, int]]:
    """Tasks by status for each campaign that has any."""
    found: dict[int, dict[str, int]] = {}
    for campaign, status, count in tasks.order_by().values_list("campaign", "status").annotate(Count("pk")):
        found.setdefault(campaign, {})[status] = count
    return {campaign: _summed(counts) for campaign, counts in found.items()}


def _by_status(tasks: QuerySet) -> dict[str, int]:
    """Tasks by status."""
    return _summed(dict(tasks.order_by().values_list("status").annotate(Count("pk"))))


def _summed(counts: dict[str, int]) -> dict[str, int]:
    """Every status with its count; one that was sent back is not part of the total, for its next round is."""
    total = sum(counts.get(status, 0) for status in (Task.Status.OPEN, Task.Status.DONE, Task.Status.REJECTED))
    return {status: counts.get(status, 0) for status in Task.Status.values} | {"total": total}


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def campaign(request: HttpRequest, dataset: Dataset, campaign: str) -> HttpResponse:
    found = dataset.campaigns.filter(slug=campaign).first()
    if found is None:
        raise Missing(gettext("%(dataset)s has no campaign %(slug)s.") % {"dataset": dataset, "slug": campaign})
    if request.method == "POST":
        return asked(request, MOVES)(request, found)
    return _campaign(request, found)


def _campaign(
    request: HttpRequest, found: Campaign, form: forms.Form | None = None, plan: forms.Form | None = None
) -> HttpResponse:  # fmt: skip
    guidelines = list(found.guidelines.select_related("created_by"))
    version = request.GET.get("version", "")
    shown = next((one for one in guidelines if str(one.version) == version), guidelines[0] if guidelines else None)
    context = {
        "campaign": found,
        "task_type": task_types.all.get(found.task_type.get("name", "")),
        "verify_type": task_types.all.get(found.verify_type.get("name", "")),
        "counts": _by_status(found.tasks.filter(purpose=Task.Purpose.WORK)),
        "by_language": _by_language(found),
        "guidelines": guidelines,
        "shown": shown,
        "form": form or NewGuideline(initial={"text": guidelines[0].text if guidelines else ""}),
        "reasons": _reasons(found) if policies.review(request.user, found.dataset) else [],
        "work": policies.work_in(request.user, found),
        "plan": plan or NewPlan(initial={"plan": _plan(found)}),
        "pace": pace(found, timezone.now().date()),
        "moves": [verb for verb in Campaign.flow.moves if Campaign.flow.allows(found, verb)],
    }
    status = 422 if (form and form.errors) or (plan and plan.errors) else 200
    return dataset_render(request, "frontend/campaign.html", found.dataset, status=status, **context)


def _reasons(found: Campaign) -> list[tuple[str, list[tuple[str, int]]]]:
    """Why people skipped and what they flagged, counted."""
    skips = found.assignments.filter(status="skipped").order_by().values_list("reason").annotate(Count("pk"))
    flags = Submission.objects.filter(assignment__campaign=found).exclude(flagged="")
    counted = flags.order_by().values_list("flagged").annotate(Count("pk"))
    return [
        (gettext("Skipped"), reasons.tally(skips, reasons.SKIP)),
        (gettext("Flagged"), reasons.tally(counted, reasons.FLAG)),
    ]


def _by_language(found: Campaign) -> list[tuple[str, dict[str, int]]]:
    """For each language: tasks done, rejected, sent back, and those open by stage."""
    table: dict[str, dict[str, int]] = {}
    work = found.tasks.filter(purpose=Task.Purpose.WORK)
    rows = work.values_list("language", "status", "stage").annotate(Count("pk")).order_by("language")
    for tag, status, stage, count in rows:
        row = table.setdefault(tag, {"annotate": 0, "verify": 0, "adjudicate": 0, "done": 0, "redo": 0, "rejected": 0, "total": 0})
        name = stage if status == Task.Status.OPEN else status
        row[name] = row.get(name, 0) + count
        row["total"] += count
    return list(table.items())


def _open(request: HttpRequest, found: Campaign) -> HttpResponse:
    made = campaigns.open_campaign(found, by=request.user)
    return _told(request, found, _tasks_made(made, gettext("The campaign is live.")))


def _admit(request: HttpRequest, found: Campaign) -> HttpResponse:
    return _told(request, found, _tasks_made(campaigns.admit(found, by=request.user)))


def _tasks_made(made: int, first: str = "") -> str:
    said = ngettext("%(count)s new task.", "%(count)s new tasks.", made) % {"count": f"{made:,}"}
    return f"{first} {said}".strip()


def _pause(request: HttpRequest, found: Campaign) -> HttpResponse:
    campaigns.pause(found, by=request.user)
    return _told(request, found, gettext("Nobody is given work now; what people hold they may still send."))


def _close(request: HttpRequest, found: Campaign) -> HttpResponse:
    campaigns.close(found, by=request.user)
    return _told(request, found, gettext("The campaign is closed."))


def _revise(request: HttpRequest, found: Campaign) -> HttpResponse:
    require(policies.manage(request.user, found.dataset))
    form = NewGuideline(request.POST)
    if form.is_valid() and (
        made := done(form, campaigns.revise_guideline, found, form.cleaned_data["text"], by=request.user)
    ):
        return _told(request, found, gettext("Version %(version)s is what people see now.") % {"version": made.version})
    return _campaign(request, found, form)


def _plan(found: Campaign) -> str:
    """The campaign's plan as YAML, without its guideline, which has a place of its own."""
    plan = revising.plan_of(found).model_dump(mode="json", exclude_none=True, exclude={"guideline"})
    return yaml.safe_dump(plan, allow_unicode=True, sort_keys=False, width=100)


def _change(request: HttpRequest, found: Campaign) -> HttpResponse:
    require(policies.manage(request.user, found.dataset))
    form = NewPlan(request.POST)
    changes = form.cleaned_data["plan"] if form.is_valid() else None
    if changes is not None and not isinstance(changes, dict):
        form.add_error("plan", gettext("A plan holds keys and values such as “overlap: 2”."))
    elif changes is not None:
        changed = done(form, revising.revise, found, **{str(key): value for key, value in changes.items()}, by=request.user)
        if changed is not None:
            return _told(request, found, gettext("Changed: %(names)s.") % {"names": ", ".join(changed) or gettext("nothing")})
    return _campaign(request, found, plan=form)


def _told(request: HttpRequest, found: Campaign, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("campaign", found.dataset.slug, found.slug)


MOVES: dict[str, Callable[[HttpRequest, Campaign], HttpResponse]] = {
    "open": _open, "pause": _pause, "close": _close, "admit": _admit, "revise": _revise, "change": _change,
}  # fmt: skip
urlpatterns = [
    path("d/<slug:slug>/campaigns/", campaigns_page, name="campaigns"),
    path("d/<slug:slug>/campaigns/<slug:campaign>/", campaign, name="campaign"),
]
