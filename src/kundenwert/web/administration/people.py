"""People and roles: who may sign in, as what; and what was changed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from auditlog.models import LogEntry
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kundenwert.errors import KundenwertError
from kundenwert.web.accounts.links import link
from kundenwert.web.accounts.models import ROLE_NAMES, User
from kundenwert.web.accounts.sessions import ENDED, end, say_ended, sessions_of
from kundenwert.web.language import current, later
from kundenwert.web.rights import ADMIN, FIELD, RULES

# What the page of the roles tells, and the address that stands for it in the table of rights.
_ABILITIES = (
    ("See what the whole base is worth", "overview:overview"),
    ("See customers (field sales: their own)", "customers:list"),
    ("Take customers out as a file", "customers:export"),
    ("Rate customers and write notes", "customers:rate"),
    ("Bring in files and value them", "imports:start"),
    ("Make plans", "plans:make"),
    ("Approve plans of others", "plans:approve"),
    ("Read the audit log", "administration:audit"),
    ("Administer people and roles", "administration:people"),
)
_CHANGES_SHOWN = 200


class PersonForm(forms.ModelForm[User]):
    """An account as the administrator sees it. managers: names that occur in the open project's customers, with how many they have."""

    role = forms.ChoiceField(label=later("Role"), choices=())
    chosen = forms.MultipleChoiceField(
        label=later("Account managers"),
        required=False,
        help_text=later("For field sales: whose customers are this person's own."),
        widget=forms.CheckboxSelectMultiple,
    )
    account_managers = forms.CharField(
        label=later("Other account managers"),
        required=False,
        max_length=4000,
        help_text=later("One name a line, as in the customers table."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    class Meta:
        model = User
        fields = ("name", "email", "role", "chosen", "account_managers", "is_active")
        labels: ClassVar = {"name": later("Name"), "email": later("E-mail"), "is_active": later("May sign in")}
        help_texts: ClassVar = {"is_active": ""}

    def __init__(self, *args: Any, by: User, managers: Sequence[tuple[str, int]] = (), **values: Any) -> None:
        super().__init__(*args, **values)
        self.by = by
        self._offer(managers)
        self.before = {name: getattr(self.instance, name) for name in ("role", "is_active")} if self.instance.pk else {}
        self.fields["role"] = forms.ChoiceField(label=later("Role"), choices=[(code, later(words)) for code, words in ROLE_NAMES])
        if not self.instance.pk:
            del self.fields["is_active"]

    def _offer(self, managers: Sequence[tuple[str, int]]) -> None:
        """Names of the open project to tick, with their customers; what else the account has stays to be written."""
        known, has = {name for name, _ in managers}, self.instance.manager_names
        self.initial["chosen"] = [name for name in has if name in known]
        self.initial["account_managers"] = "\n".join(name for name in has if name not in known)
        if not managers:
            del self.fields["chosen"]
            self.fields["account_managers"].label = later("Account managers")
            self.fields["account_managers"].help_text = later(
                "For field sales: whose customers are this person's own. One name a line, as in the customers table."
            )
            return
        self.fields["chosen"].choices = [  # type: ignore[attr-defined]
            (name, current().plural("{name}, {n} customer", "{name}, {n} customers", count, name=name)) for name, count in managers
        ]

    def clean_email(self) -> str:
        """Addresses differ by more than capitals."""
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(current().text("Somebody has this address already."))
        return email

    def clean(self) -> dict[str, Any]:
        """Nobody changes his own role, the last administrator stays, field sales have names."""
        values = super().clean() or self.cleaned_data
        role, is_active = values.get("role", ""), values.get("is_active", True)
        written = [line.strip() for line in values.get("account_managers", "").splitlines()]
        values["account_managers"] = "\n".join(dict.fromkeys(name for name in (*values.get("chosen", ()), *written) if name))
        if role == FIELD and not values["account_managers"] and not self.errors.keys() & {"chosen", "account_managers"}:
            field = "chosen" if "chosen" in self.fields else "account_managers"
            self.add_error(field, current().text("Without a name this person would see no customer."))
        if not self.before:
            return values
        is_changed = role != self.before["role"] or is_active != self.before["is_active"]
        if is_changed and self.instance.pk == self.by.pk:
            self.add_error("role", current().text("Nobody changes his own role. Ask another administrator."))
        loses = self.before["role"] == ADMIN and self.before["is_active"] and (role != ADMIN or not is_active)
        if loses and not User.objects.filter(role=ADMIN, is_active=True).exclude(pk=self.instance.pk).exists():
            self.add_error("role", current().text("This is the last administrator. Make another one first."))
        return values


def people(request: HttpRequest) -> HttpResponse:
    """Everybody who may sign in, and those who may no longer."""
    found = User.objects.order_by("-is_active", "name", "email")
    protected = set(Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("user_id", flat=True))
    names = dict(ROLE_NAMES)
    lines = [{"person": one, "role": current().text(names[one.role]), "has_second_factor": one.pk in protected} for one in found]
    return render(request, "administration/people.html", {"lines": lines, "active": sum(one.is_active for one in found)})


@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """A new account; the answer is the page that shows its link once."""
    managers = _managers(request)
    form = PersonForm(request.POST or None, by=_reader(request), managers=managers)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        user = User.objects.create_user(
            values["email"],
            None,
            name=values["name"],
            role=values["role"],
            account_managers=values["account_managers"],
            language=current().code,
        )
        return _show_link(request, user)
    return render(request, "administration/person.html", {"form": form})


@never_cache
def person(request: HttpRequest, number: int) -> HttpResponse:
    """One account."""
    managers = _managers(request)
    with transaction.atomic():
        # Two administrators who demote each other at once: the second one waits, and is told that there is no other left.
        list(User.objects.select_for_update().filter(role=ADMIN).order_by("pk"))
        user = get_object_or_404(User, pk=number)
        form = PersonForm(request.POST or None, instance=user, by=_reader(request), managers=managers)
        is_saved = request.method == "POST" and form.is_valid()
        if is_saved and not form.save().is_active:
            end_sessions(user)
    if is_saved:
        messages.success(request, current().text("Saved."))
        return redirect("administration:people")
    has_second_factor = Authenticator.objects.filter(user=user).exists()
    whom = User.objects.get(pk=number)
    content = {"form": form, "person": whom, "has_second_factor": has_second_factor, "sessions": sessions_of(whom)}
    return render(request, "administration/person.html", content)


def end_sessions(user: User) -> None:
    """Signs a person out everywhere."""
    for session in UserSession.objects.filter(user=user):
        session.end()


@require_POST
def end_session(request: HttpRequest, number: int, session: int) -> HttpResponse:
    """Signs a person out at one place. One's own sessions are ended under My account."""
    if number == request.user.pk:
        return _not_oneself(request)
    found = get_object_or_404(UserSession, pk=session, user_id=number)
    end(found)
    say_ended(request, found)
    return redirect("administration:person", number)


@never_cache
@require_POST
def new_link(request: HttpRequest, number: int) -> HttpResponse:
    """A new one-time link; the password so far does not count any more, and all sessions end."""
    user = get_object_or_404(User, pk=number, is_active=True)
    if user.pk == request.user.pk:
        return _not_oneself(request)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions(user)
    return _show_link(request, user)


@require_POST
def drop_second_factor(request: HttpRequest, number: int) -> HttpResponse:
    """For somebody who lost the telephone: the next sign-in needs the password alone, then a new factor can be set up."""
    user = get_object_or_404(User, pk=number)
    if user.pk == request.user.pk:
        return _not_oneself(request)
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)
    _note(user, "second factor")
    messages.success(request, current().text("The second factor of {name} is gone.", name=user.name))
    return redirect("administration:person", number)


def _not_oneself(request: HttpRequest) -> HttpResponse:
    # Whoever loses such a link has shut himself out; and a session left open must not take away the second factor.
    messages.error(request, current().text("Change your own password, second factor and sessions under My account."))
    return redirect("accounts:settings")


def _show_link(request: HttpRequest, user: User) -> HttpResponse:
    _note(user, "link")
    return render(request, "administration/link.html", {"person": user, "link": link(request, user)})


def _note(user: User, what: str) -> None:
    """A change that no field shows."""
    LogEntry.objects.log_create(user, force_log=True, action=LogEntry.Action.UPDATE, changes={}, additional_data={"what": what})


def _managers(request: HttpRequest) -> tuple[tuple[str, int], ...]:
    """Account managers of the open project with how many customers they have; none without a project or a run."""
    from kundenwert.flows.customer_list import open_list

    room: Any = request.room  # type: ignore[attr-defined]
    if not room.is_open or room.run is None:
        return ()
    try:
        choices = open_list(room.project, room.run).choices(managers=None)
    except KundenwertError:
        return ()
    return tuple((name, count) for name, count in choices.get("account_manager", ()) if name)


def roles(request: HttpRequest) -> HttpResponse:
    """What each role may do, read from the table that decides it."""
    lines = []
    for words, name in _ABILITIES:
        if name in RULES:
            lines.append((current().text(words), [RULES[name].test(_Somebody(role)) for role, _ in ROLE_NAMES]))
    return render(request, "administration/roles.html", {"lines": lines, "roles": [current().text(words) for _, words in ROLE_NAMES]})


class _Somebody:
    """A person with a role, for asking the table."""

    is_authenticated = is_active = True

    def __init__(self, role: str) -> None:
        self.role = role


def changes(request: HttpRequest) -> HttpResponse:
    """Who changed which account, newest first."""
    found = LogEntry.objects.get_for_model(User).select_related("actor").order_by("-timestamp")[:_CHANGES_SHOWN]
    people_now = {str(one.pk): str(one) for one in User.objects.all()}
    lines = [
        {"at": one.timestamp, "by": str(one.actor or ""), "whom": people_now.get(one.object_pk, ""), "what": _told(one)} for one in found
    ]
    return render(request, "administration/changes.html", {"lines": lines})


def _told(entry: Any) -> str:
    names = {
        "role": current().text("Role"),
        "name": current().text("Name"),
        "email": current().text("E-mail"),
        "is_active": current().text("May sign in"),
        "account_managers": current().text("Account managers"),
    }
    if entry.action == LogEntry.Action.CREATE:
        return current().text("Account made")
    if what := (entry.additional_data or {}).get("what"):
        return _told_what(what, entry.additional_data)
    changed = {names[field]: pair for field, pair in (entry.changes_dict or {}).items() if field in names}
    return "; ".join(f"{name}: {_value(before)} → {_value(after)}" for name, (before, after) in changed.items())


def _told_what(what: str, more: Mapping[str, Any]) -> str:
    """A change that no field shows."""
    if what == ENDED:
        return current().text("Session ended: {device}", device=more.get("device", ""))
    return current().text("Link for a new password made") if what == "link" else current().text("Second factor taken away")


def _value(text: str) -> str:
    """A value of a field as people read it: roles and yes or no in their words, names in a row."""
    words = {**dict(ROLE_NAMES), "True": "yes", "False": "no"}.get(text)
    return current().text(words) if words else ", ".join(str(text or "–").splitlines()).replace("None", "–")


def _reader(request: HttpRequest) -> User:
    user: Any = request.user
    return User.objects.get(pk=user.pk)
