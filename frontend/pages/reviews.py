"""What managers made of signals about oneself, and the appeal against it; open to who is suspended, too."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotation.actions import reviews
from annotation.models import Review
from core.errors import Missing


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def reviews_page(request: HttpRequest) -> HttpResponse:
    """One's own reviews, newest first; what was dismissed came to nothing and is not shown."""
    mine = Review.objects.filter(person=request.user).exclude(action=Review.Action.DISMISSED)
    if request.method == "POST":
        pk = request.POST.get("review", "")
        row = mine.filter(pk=pk).select_related("campaign").first() if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
        if row is None:
            raise Missing(_("It is not here any more: load the page again."))
        reviews.appeal(row, request.POST.get("appeal", ""), by=request.user)
        messages.success(request, _("Your appeal is with another manager now."))
        return redirect("reviews")
    return render(request, "frontend/reviews.html", {"reviews": mine.select_related("campaign__dataset").order_by("-pk")})


urlpatterns = [path("reviews/", reviews_page, name="reviews")]
