"""Where a reader lands, and the choice of a language before sign-in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from kundenwert.reports.language import LANGUAGES
from kundenwert.web.language import COOKIE
from kundenwert.web.rights import allows


def home(request: HttpRequest) -> HttpResponse:
    """The first screen of this reader's role."""
    return redirect("overview:overview" if allows("overview:overview", request.user) else "customers:list")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keeps the language of somebody who is not signed in, or of an account."""
    code, back = request.POST.get("language", ""), request.POST.get("next", "/")
    # A path of ours; `redirect` would take other words for names of addresses.
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    answer = HttpResponseRedirect(back if is_ours else "/")
    if code in LANGUAGES:
        answer.set_cookie(COOKIE, code, max_age=365 * 86400, samesite="Lax", httponly=True, secure=request.is_secure())
        if request.user.is_authenticated:
            request.user.language = code
            request.user.save(update_fields=["language"])
    return answer
