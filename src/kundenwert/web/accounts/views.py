"""First start, and what a person sets for himself."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.contrib.auth import login, password_validation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kundenwert.web.accounts.models import User
from kundenwert.web.language import current, later
from kundenwert.web.rights import ADMIN


class FirstForm(forms.Form):
    """The first administrator."""

    name = forms.CharField(label=later("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=later("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(label=later("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean_password(self) -> Any:
        """At least 12 characters, none of the common ones."""
        password_validation.validate_password(self.cleaned_data["password"])
        return self.cleaned_data["password"]


def first(request: HttpRequest) -> HttpResponse:
    """Creates the administrator as long as there is no account; afterwards the page is gone."""
    if User.objects.exists():
        raise Http404
    form = FirstForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        user = User.objects.create_user(values["email"], values["password"], name=values["name"], role=ADMIN, language=current().code)
        login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return redirect("home")
    return render(request, "accounts/first.html", {"form": form})


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


def settings(request: HttpRequest) -> HttpResponse:
    """The reader's own settings."""
    form = SettingsForm(request.POST or None, instance=cast("User", request.user))
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("accounts:settings")
    return render(request, "accounts/settings.html", {"form": form})
