"""One-time links with which a person chooses a password: made by an administrator, shown once, never mailed.

A link ends with its first use, with the next sign-in, and after three days (Django's token of the account's state).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from kundenwert.web.accounts.models import User


def link(request: HttpRequest, user: User) -> str:
    """The whole address, for passing on."""
    number = urlsafe_base64_encode(str(user.pk).encode())
    path = reverse("accounts:reset", args=[number, default_token_generator.make_token(user)])
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


def person_of(number: str, token: str) -> User | None:
    """Whose link it is; None for one that was used, is too old or was never made."""
    try:
        user: Any = User.objects.filter(pk=int(urlsafe_base64_decode(number).decode()), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return user if user is not None and default_token_generator.check_token(user, token) else None
