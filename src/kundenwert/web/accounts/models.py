"""Accounts and their roles."""

from __future__ import annotations

from typing import Any, ClassVar

from auditlog.registry import auditlog
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models

from kundenwert.web.rights import ADMIN, ANALYST, DPO, FIELD, MANAGER, READER

ROLE_NAMES = (
    (READER, "Reader"),
    (ANALYST, "Analyst"),
    (FIELD, "Field sales"),
    (MANAGER, "Manager"),
    (DPO, "Data protection officer"),
    (ADMIN, "Administrator"),
)


class People(BaseUserManager["User"]):
    """Makes accounts; the mail address is the name."""

    def create_user(self, email: str, password: str | None = None, **values: Any) -> User:
        """An account; without a password nobody can sign in until a link sets one."""
        user = self.model(email=self.normalize_email(email).lower(), **values)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """A person: mail address, name, role, language; for field sales the account managers whose customers are the person's own."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=10, choices=ROLE_NAMES, default=READER)
    account_managers = models.TextField(blank=True, default="")  # one name a line, as in the customers table
    language = models.CharField(max_length=2, default="de")
    numbers = models.CharField(max_length=2, blank=True, default="")  # "" are those of the language

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[People] = People()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def manager_names(self) -> tuple[str, ...]:
        """The account managers whose customers are this person's own."""
        return tuple(line.strip() for line in self.account_managers.splitlines() if line.strip())


auditlog.register(User, include_fields=["email", "name", "role", "account_managers", "is_active"])
