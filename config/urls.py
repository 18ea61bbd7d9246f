"""The two faces: pages at the root, the REST API under /api/."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("frontend.api.urls")),
    path("", include("frontend.pages.urls")),
]

handler400 = "frontend.errors.bad_request"
handler403 = "frontend.errors.forbidden"
handler404 = "frontend.errors.not_found"
handler500 = "frontend.errors.server_error"
