"""Who gets to a dataset's pages: visitors sign in first, strangers find nothing, the wrong role is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from annotation import policies
from annotation.models import Campaign, Dataset
from annotation.models.members import Role
from core.errors import Missing, Refused
from core.models import User
from core.policy import require
from pipelines.models import Release

View = Callable[..., HttpResponse]


def member_page(view: View) -> View:
    """A page for members: the view gets the dataset in place of its slug."""

    @login_required
    @wraps(view)
    def inner(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
        return view(request, dataset_for(request.user, slug), **kwargs)

    return inner


def manager_page(view: View) -> View:
    """A page for the dataset's managers."""

    @member_page
    @wraps(view)
    def inner(request: HttpRequest, dataset: Dataset, **kwargs: Any) -> HttpResponse:
        require(policies.manage(request.user, dataset))
        return view(request, dataset, **kwargs)

    return inner


def release_page(view: View) -> View:
    """A page of one release: everybody's to read once it is published, its managers' before and to change."""

    @wraps(view)
    def inner(request: HttpRequest, slug: str, version: str) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            return redirect_to_login(request.path)
        found = Release.objects.select_related("dataset").filter(dataset__slug=slug, version=version).first()
        if found and policies.read_release(request.user, found):
            return view(request, found)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        dataset = dataset_for(request.user, slug)
        if found:
            require(policies.read_release(request.user, found))
        raise Missing(_("%(dataset)s has no release %(version)s.") % {"dataset": dataset, "version": version})

    return inner


def dataset_for(user: User, slug: str) -> Dataset:
    """The dataset of that slug, if it exists as far as this person may know."""
    dataset = Dataset.objects.filter(slug=slug).first()
    decision = dataset and policies.read_dataset(user, dataset)
    if dataset and decision:
        return dataset
    if dataset and policies.member(user, dataset.pk):
        raise Refused(decision.reason)
    raise Missing(_("There is no dataset %(slug)s, or it is not for you.") % {"slug": slug})


def campaign_for(user: User, pk: int) -> Campaign:
    """The campaign of that number with its dataset, if it exists as far as this person may know."""
    found = Campaign.objects.select_related("dataset").filter(pk=pk).first()
    if found is None:
        raise Missing(_("There is no such campaign, or it is not for you."))
    dataset_for(user, found.dataset.slug)
    return found


def campaign_of(dataset: Dataset, slug: str) -> Campaign:
    """The dataset's campaign of that slug, or `Missing`."""
    found = dataset.campaigns.filter(slug=slug.replace("\x00", "")).first()
    if found is None:
        raise Missing(_("%(dataset)s has no campaign %(slug)s.") % {"dataset": dataset, "slug": slug[:60]})
    return found


def dataset_render(
    request: HttpRequest, template: str, dataset: Dataset, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a page of a dataset with what its frame needs: who looks, and what they may see of it."""
    member = policies.member(request.user, dataset.pk)
    frame = {
        "dataset": dataset,
        "member": member,
        "member_view": bool(policies.read_dataset(request.user, dataset)),
        "manages": bool(policies.manage(request.user, dataset)),
        "decides": bool(member and member.role == Role.EXPERT),
    }
    return render(request, template, frame | context, status=status)


def languages_of(user: User, dataset: Dataset) -> list[str]:
    """The dataset's languages this person works with: all for its managers, their own for the others."""
    if policies.manage(user, dataset):
        return dataset.language_tags
    member = policies.member(user, dataset.pk)
    return [tag for tag in dataset.language_tags if member and tag in member.languages]
