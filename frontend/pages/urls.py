"""Every page's address; each module of pages names its own."""

from frontend.pages import (
    account,
    agreement,
    campaigns,
    datasets,
    downloads,
    home,
    imports,
    members,
    people,
    releases,
    reviews,
    revision,
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
    *agreement.urlpatterns,
    *work.urlpatterns,
    *members.urlpatterns,
    *revision.urlpatterns,
    *people.urlpatterns,
    *reviews.urlpatterns,
    *releases.urlpatterns,
    *downloads.urlpatterns,
]
