"""Every page's address; each module of pages names its own."""

from frontend.pages import (
    account,
    campaigns,
    credits,
    datasets,
    downloads,
    home,
    imports,
    members,
    my_work,
    releases,
    review,
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
    *my_work.urlpatterns,
    *review.urlpatterns,
    *credits.urlpatterns,
    *members.urlpatterns,
    *releases.urlpatterns,
    *downloads.urlpatterns,
]
