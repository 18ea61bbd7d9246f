"""Every page's address; each module of pages names its own."""

from frontend.pages import (
    account,
    campaigns,
    datasets,
    downloads,
    home,
    imports,
    members,
    people,
    releases,
    reviews,
    runs,
    units,
    work,
)  # fmt: skip

urlpatterns = [
    *home.urlpatterns,
    *account.urlpatterns,
    *datasets.urlpatterns,
    *imports.urlpatterns,
    *runs.urlpatterns,
    *units.urlpatterns,
    *campaigns.urlpatterns,
    *work.urlpatterns,
    *members.urlpatterns,
    *people.urlpatterns,
    *reviews.urlpatterns,
    *releases.urlpatterns,
    *downloads.urlpatterns,
]
