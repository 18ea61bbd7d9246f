"""What a dataset's manager can do next, most urgent first."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from annotation.models import Campaign, Dataset
from frontend.pages.progress import Counts


@dataclass(frozen=True)
class Step:
    """One thing to do: why, and where."""

    why: str
    label: str
    url: str


def of(dataset: Dataset, counts: Counts) -> list[Step]:
    """The steps that make sense now; empty when there is nothing left to do."""

    def at(name: str) -> str:
        return reverse(name, args=[dataset.slug])

    if not dataset.items.exists():
        return [Step(_("There are no items yet."), _("Import a file"), at("imports"))]
    if not dataset.language_tags:
        return [Step(_("It is not clear yet into which languages."), _("Add a language"), "#languages")]
    steps = []
    if counts.new:
        why = _("%(count)s units have no text yet.") % {"count": f"{counts.new:,}"}
        steps.append(Step(why, _("Draft with a machine"), at("draft")))
    if counts.drafted and not dataset.campaigns.exclude(status=Campaign.Status.CLOSED).exists():
        why = _("%(count)s drafts wait for people.") % {"count": f"{counts.drafted:,}"}
        steps.append(Step(why, _("Start a campaign"), at("campaigns")))
    if dataset.campaigns.exists() and not dataset.members.exclude(role="manager").exists():
        steps.append(Step(_("Nobody is here to edit or verify."), _("Invite people"), at("members")))
    if counts.verified:
        why = _("%(count)s units are verified.") % {"count": f"{counts.verified:,}"}
        steps.append(Step(why, _("See what a release would hold"), at("releases")))
    return steps
