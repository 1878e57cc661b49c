"""The first start, links to choose a password, and what a person sets for himself."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings as configured
from django.contrib import messages
from django.contrib.auth import login, password_validation
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from kundenwert.web.accounts import first as first_start
from kundenwert.web.accounts.links import person_of
from kundenwert.web.accounts.models import User
from kundenwert.web.language import current, later, use
from kundenwert.web.rights import ADMIN

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class FirstForm(forms.Form):
    """The first administrator; with the key of the server where others can reach it."""

    name = forms.CharField(label=later("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=later("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=later("Password"),
        max_length=200,
        help_text=later("At least 12 characters; a sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    key = forms.CharField(
        label=later("Key of the server"),
        required=False,
        max_length=80,
        help_text=later("The server printed it when it was started."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        if not configured.PUBLIC_URL:
            del self.fields["key"]

    def clean_key(self) -> str:
        """The key that only whoever started the server knows."""
        if not first_start.is_right(self.cleaned_data.get("key", "")):
            raise forms.ValidationError(current().text("This is not the key that the server printed."))
        return ""

    def clean(self) -> dict[str, Any]:
        """None of the common passwords, and none that is the name or the address."""
        values = super().clean() or self.cleaned_data
        if password := values.get("password"):
            person = User(email=values.get("email", ""), name=values.get("name", ""))
            try:
                password_validation.validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


@never_cache
def first(request: HttpRequest) -> HttpResponse:
    """Creates the administrator as long as there is no account; afterwards the page is gone."""
    if not first_start.is_first():
        raise Http404
    form = FirstForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = _administrator(form.cleaned_data)
        if user is None:
            raise Http404
        first_start.forget_key()
        login(request, user, backend=_BACKEND)
        UserSession.objects.create_from_request(request)
        return redirect("workspace:projects")
    return render(request, "accounts/first.html", {"form": form})


def _administrator(values: dict[str, Any]) -> User | None:
    """The first account; None if somebody else was quicker."""
    with transaction.atomic():
        # Two first starts at once wait for each other at a row that is always there.
        list(ContentType.objects.select_for_update().order_by("pk")[:1])
        if User.objects.exists():
            return None
        return User.objects.create_user(values["email"], values["password"], name=values["name"], role=ADMIN, language=current().code)


@never_cache
def reset(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Where a one-time link leads: choose a password, then sign in with it."""
    user = person_of(number, token)
    if user is None:
        return render(request, "accounts/link_over.html", status=410)
    form: Any = SetPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, current().text("The password is set. Sign in with it."))
        return redirect("account_login")
    return render(request, "accounts/reset.html", {"form": form, "person": user})


class SettingsForm(forms.ModelForm[User]):
    """Name, language, numbers."""

    class Meta:
        model = User
        fields = ("name", "language", "numbers")
        labels: ClassVar = {"name": later("Name"), "language": later("Language"), "numbers": later("Numbers and days")}
        widgets: ClassVar = {
            "language": forms.Select(choices=(("de", "Deutsch"), ("en", "English"))),
            "numbers": forms.Select(
                choices=(("", later("as the language")), ("de", "1.284,50 · 30.09.2026"), ("en", "1,284.50 · 30 Sep 2026"))
            ),
        }

    def clean_language(self) -> str:
        """One of those there are."""
        return self.cleaned_data["language"] if self.cleaned_data["language"] in {"de", "en"} else "de"

    def clean_numbers(self) -> str:
        """One of those there are, "" for those of the language."""
        return self.cleaned_data["numbers"] if self.cleaned_data["numbers"] in {"de", "en"} else ""


def settings(request: HttpRequest) -> HttpResponse:
    """The reader's own settings."""
    form = SettingsForm(request.POST or None, instance=cast("User", request.user))
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        # The answer is the first page in the new language.
        use(saved.language, saved.numbers)
        messages.success(request, current().text("Saved."))
        return redirect("accounts:settings")
    return render(request, "accounts/settings.html", {"form": form})
