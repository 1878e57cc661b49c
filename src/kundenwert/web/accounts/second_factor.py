"""Whether a person must have a second factor before anything else is shown."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kundenwert.web.rights import ADMIN, DPO, MANAGER

# Roles that can change rights, see everything or spend money.
ROLES = frozenset({ADMIN, DPO, MANAGER})
_OPEN = ("mfa_", "account_", "usersessions_", "language", "accounts:first", "accounts:end_session", "accounts:reset")


class SecondFactorMiddleware:
    """Leads to setting up the second factor where it is required and missing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """None lets the view run."""
        user = request.user
        if not settings.SECOND_FACTOR_REQUIRED or not user.is_authenticated or user.role not in ROLES:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        # Asked each time: a factor that was switched off elsewhere must not live on in this session.
        if name.startswith(_OPEN) or is_mfa_enabled(user):
            return None
        return redirect("mfa_activate_totp")
