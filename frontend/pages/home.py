"""The front page: one's datasets, or, for visitors, what this is and what has been published."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from annotation import policies
from annotation.models import Dataset, Member
from frontend.pages import progress
from pipelines.models import Release


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "frontend/welcome.html", {"releases": published()})
    datasets = list(_mine(request.user).order_by("name"))
    counts = progress.of_datasets(datasets)
    roles = dict(Member.objects.filter(user=request.user).values_list("dataset", "role"))
    context = {
        "cards": [(dataset, roles.get(dataset.pk, ""), counts[dataset.pk]) for dataset in datasets],
        "may_create": policies.create_dataset(request.user),
        "sees_to_endpoints": policies.manage_endpoints(request.user),
        "releases": published(),
    }
    return render(request, "frontend/home.html", context)


def _mine(user):  # noqa: ANN001, ANN202
    """The datasets a person belongs to; all of them for the site's administrator."""
    if user.is_superuser:
        return Dataset.objects.prefetch_related("languages")
    mine = Member.objects.filter(user=user, status=Member.Status.ACTIVE).values("dataset")
    return Dataset.objects.filter(pk__in=mine).prefetch_related("languages")


def published() -> list[Release]:
    """Everybody's releases, newest first."""
    found = Release.objects.filter(status=Release.Status.PUBLISHED).select_related("dataset")
    return list(found.order_by("-created")[:50])


urlpatterns = [path("", home, name="home")]
