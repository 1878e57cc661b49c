"""Who may open which address: the one table, and the middleware that holds everybody to it.

An address without a line here is refused, and a test fails for it. Which customers a person may see is `Scope`, asked for in flows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rules.predicates import Predicate, always_allow, always_deny

READER, ANALYST, FIELD, MANAGER, DPO, ADMIN = "reader", "analyst", "field", "manager", "dpo", "admin"
ROLES = (READER, ANALYST, FIELD, MANAGER, DPO, ADMIN)


@dataclass(frozen=True)
class Scope:
    """Whose customers a person sees. managers: names of account managers, as in the customers table; None: all customers."""

    managers: frozenset[str] | None = None

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self.managers is None

    @property
    def key(self) -> str:
        """A word for caches: two scopes never share what was counted."""
        import hashlib

        return "all" if self.managers is None else hashlib.sha256("\n".join(sorted(self.managers)).encode()).hexdigest()[:16]


def scope_of(user: Any) -> Scope:
    """Field sales see their own customers, everybody else all of them. A field sales account without names sees none."""
    return Scope(frozenset(user.manager_names)) if user.role == FIELD else Scope()


def _role(*roles: str) -> Predicate:
    def test(user: Any) -> bool:
        return bool(user.is_authenticated and user.is_active and user.role in roles)

    return Predicate(test, name=" or ".join(roles))


EVERYBODY = always_allow
NOBODY = always_deny
SIGNED_IN = _role(*ROLES)
# What concerns the whole base.
SEE_ALL = _role(READER, ANALYST, MANAGER, DPO, ADMIN)
# What is cut down to one's own customers for field sales.
SEE = SIGNED_IN
EXPORT = _role(ANALYST, FIELD, MANAGER, DPO, ADMIN)
EXPORT_ALL = _role(ANALYST, MANAGER, DPO, ADMIN)
RATE = _role(ANALYST, FIELD, MANAGER, ADMIN)
CHANGE = _role(ANALYST, MANAGER, ADMIN)
PLAN = _role(ANALYST, FIELD, MANAGER, ADMIN)
APPROVE = _role(MANAGER, ADMIN)
AUDIT = _role(DPO, ADMIN)
# Whoever may start something that takes long.
WATCH = _role(ANALYST, FIELD, MANAGER, DPO, ADMIN)
ADMINISTER = _role(ADMIN)

RULES: dict[str, Predicate] = {
    # ---- frame ----
    "home": SIGNED_IN,
    "language": EVERYBODY,
    # ---- sign-in ----
    "account_login": EVERYBODY,
    "account_logout": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "account_inactive": EVERYBODY,
    "account_signup": NOBODY,
    "account_set_password": NOBODY,
    "account_email": NOBODY,
    "account_email_verification_sent": NOBODY,
    "account_confirm_email": NOBODY,
    "account_confirm_login_code": NOBODY,
    "account_reset_password": NOBODY,
    "account_reset_password_done": NOBODY,
    "account_reset_password_from_key": NOBODY,
    "account_reset_password_from_key_done": NOBODY,
    "mfa_authenticate": EVERYBODY,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "usersessions_list": SIGNED_IN,
    "accounts:first": EVERYBODY,
    "accounts:settings": SIGNED_IN,
    "accounts:end_session": SIGNED_IN,
    "accounts:reset": EVERYBODY,
    # ---- administration ----
    "administration:people": ADMINISTER,
    "administration:new": ADMINISTER,
    "administration:person": ADMINISTER,
    "administration:link": ADMINISTER,
    "administration:second_factor": ADMINISTER,
    "administration:end_session": ADMINISTER,
    "administration:changes": ADMINISTER,
    "administration:roles": SIGNED_IN,
    "administration:audit": AUDIT,
    "administration:check": AUDIT,
    "administration:audit_export": AUDIT,
    # ---- projects ----
    "workspace:projects": SIGNED_IN,
    "workspace:open": SIGNED_IN,
    "workspace:visit": SIGNED_IN,
    "workspace:forget": CHANGE,
    "workspace:example": CHANGE,
    # ---- jobs: own ones, for managers and administrators all ----
    "jobs:list": WATCH,
    "jobs:job": WATCH,
    "jobs:progress": WATCH,
    "jobs:cancel": WATCH,
    "jobs:notice": WATCH,
    "jobs:schedule": CHANGE,
    "jobs:unschedule": CHANGE,
    # ---- import: own drafts, for administrators all ----
    **dict.fromkeys(
        (
            "imports:start",
            "imports:new",
            "imports:again",
            "imports:files",
            "imports:remove",
            "imports:discard",
            "imports:columns",
            "imports:check",
            "imports:rejected",
            "imports:sheet",
            "imports:save",
        ),
        CHANGE,
    ),
    # ---- screens ----
    "overview:overview": SEE_ALL,
    "portfolio:portfolio": SEE,
    "portfolio:weights": CHANGE,
    "portfolio:workbook": EXPORT_ALL,
    "result:result": SEE_ALL,
    "result:step": SEE_ALL,
    "result:records": SEE_ALL,
    "result:report": EXPORT_ALL,
    "models:models": SEE_ALL,
    "plans:planner": SEE,
    "plans:actions": CHANGE,
    "plans:make": PLAN,
    "plans:list": SEE,
    "plans:plan": SEE,
    "plans:sheet": EXPORT,
    "plans:submit": PLAN,
    "plans:approve": APPROVE,
    "plans:return": PLAN,
    "plans:export": EXPORT,
    "customers:list": SEE,
    "customers:export": EXPORT,
    "customers:views": SEE,
    "customers:save_view": SEE,
    "customers:delete_view": SEE,
    "customers:customer": SEE,
    "customers:more": SEE,
    "customers:lines": SEE,
    "customers:rate": RATE,
    "customers:note": RATE,
    "customers:sheet": EXPORT,
    "terms:terms": SIGNED_IN,
}


def allows(name: str, user: Any) -> bool:
    """Whether `user` may open the address called `name`; an address without a rule is nobody's."""
    return bool(RULES.get(name, NOBODY).test(user))


class RightsMiddleware:
    """Asks the table before any view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None lets the view run."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        rule = RULES.get(name, NOBODY)
        if rule.test(request.user):
            return None
        if rule is NOBODY and name in RULES:
            raise Http404
        if request.user.is_authenticated:
            raise PermissionDenied
        return ask_to_sign_in(request)


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """The way to the sign-in: a page is led there, a program is told 401."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"error": "sign in first"}, status=401)
    from django.contrib.auth.views import redirect_to_login  # needs the accounts, which need this module

    answer = redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    if request.headers.get("HX-Request"):
        # A part of a page cannot hold the sign-in: the whole page goes there.
        return HttpResponse(status=200, headers={"HX-Redirect": answer.headers["Location"]})
    return answer
