"""How sign-in differs from allauth's own: nobody signs up, and whoever mistypes is told how many tries are left."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from kundenwert.web.language import current, later

_LIMIT = {"app": "allauth.account", "action": "login_failed"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closed for sign-up. The same words for an unknown address and a wrong password, as both count alike."""

    error_messages = {  # noqa: RUF012 (as allauth declares it)
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": later("Too many tries. Wait 15 minutes, or ask an administrator for a new password."),
        "incorrect_password": later("This is not your password."),
        "incorrect_code": later("This code does not fit. Wait for the next one and type that."),
        "enter_current_password": later("This is not your password so far."),
        "rate_limited": later("Too many tries. Wait a minute."),
    }
    _left: int | None = None

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts what is left before the pause."""
        key = self._get_login_attempts_cache_key(request, **credentials)
        now, left = time.time(), []
        for rate in ratelimit.get_rates(**_LIMIT):
            used = cache.get(ratelimit.get_cache_key(request, **_LIMIT, rate=rate, key=key), [])
            left.append(rate.amount - sum(one > now - rate.duration for one in used))
        self._left = max(0, min(left)) if left else None

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """The sentence for a mistake; for a wrong password a second one with the tries that are left."""
        if code != "email_password_mismatch":
            said_by_allauth: ValidationError = super().validation_error(code, *args)
            return said_by_allauth
        said = [current().text("E-mail or password is not right.")]
        if self._left:
            said.append(current().plural("{n} try left, then 15 minutes pause.", "{n} tries left, then 15 minutes pause.", self._left))
        elif self._left == 0:
            said.append(current().text("That was the last try. Now 15 minutes pause."))
        return ValidationError(said, code=code)

    def reauthenticate(self, user: Any, password: str) -> bool:
        """The address of an account stands in the account itself; allauth would look for it in a table that stays empty here."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk
