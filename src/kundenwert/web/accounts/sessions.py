"""Where people are signed in: on which device, when last seen, and how one of these sessions is ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from auditlog.models import LogEntry
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from kundenwert.web.language import current
from kundenwert.web.templatetags.people import browser

# A moment as exact as anybody needs; a page that is open does not write to the database at each click.
_SEEN_EVERY = timedelta(minutes=5)
_NOTED = "seen"
# The word in the trail of accounts.
ENDED = "session"


class LastSeenMiddleware:
    """Notes when a session was last used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            self._note(request.session)
        return self.get_response(request)

    @staticmethod
    def _note(session: Any) -> None:
        # The session itself remembers when it was noted, so that other clicks ask the database nothing.
        now = timezone.now()
        if now.timestamp() - session.get(_NOTED, 0) > _SEEN_EVERY.total_seconds():
            UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=now)
            session[_NOTED] = int(now.timestamp())


class SessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]
    """Ends sessions, and says so in the trail of accounts."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        """Ends each of them."""
        for session in sessions:
            end(session)


def sessions_of(user: Any) -> list[UserSession]:
    """The sessions of a person that still count, the one used last first."""
    found: list[UserSession] = UserSession.objects.purge_and_list(user)
    return sorted(found, key=lambda one: one.last_seen_at, reverse=True)


def end(session: UserSession) -> None:
    """Signs a person out at one place. The trail names the device, not its address."""
    session.end()
    told = {"what": ENDED, "device": browser(session.user_agent)}
    LogEntry.objects.log_create(session.user, force_log=True, action=LogEntry.Action.UPDATE, changes={}, additional_data=told)


@require_POST
def end_own(request: HttpRequest, number: int) -> HttpResponse:
    """Ends one of the reader's own sessions; those of others do not exist here. For this one there is the sign-out."""
    session = get_object_or_404(UserSession, pk=number, user=request.user)
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    end(session)
    say_ended(request, session)
    return redirect("usersessions_list")


def say_ended(request: HttpRequest, session: UserSession) -> None:
    """Tells that a session is over."""
    messages.success(request, current().text("The session on {device} is over.", device=browser(session.user_agent)))
