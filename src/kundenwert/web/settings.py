"""Settings of the web app. What differs from place to place comes from the environment (see `home`); everything else stands here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from kundenwert.web import home as _home

_HERE = Path(__file__).resolve().parent
_REPORTS = _HERE.parent / "reports" / "assets"
HOME = _home.home()
# Where people reach the app from outside, such as https://values.example.com. Empty: this machine alone.
PUBLIC_URL = os.environ.get(_home.ADDRESS, "").rstrip("/")
_PUBLIC = urlsplit(PUBLIC_URL)
IS_TLS = _PUBLIC.scheme == "https"

SECRET_KEY = HOME.secret()
DEBUG = False
ALLOWED_HOSTS = [_PUBLIC.hostname] if _PUBLIC.hostname else ["127.0.0.1", "localhost", "[::1]"]
if _PUBLIC.hostname:
    # The proxy asks for the health of the app from the machine itself.
    ALLOWED_HOSTS += ["127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "rules",
    "auditlog",
    "django_tasks",
    "django_tasks_db",
    # Before allauth: its pages wear our templates. ("kundenwert.web" itself is no app: its folder `models` is a screen.)
    "kundenwert.web.accounts",
    "kundenwert.web.workspace",
    "kundenwert.web.jobs",
    "kundenwert.web.imports",
    "kundenwert.web.overview",
    "kundenwert.web.customers",
    "kundenwert.web.portfolio",
    "kundenwert.web.result",
    "kundenwert.web.models",
    "kundenwert.web.plans",
    "kundenwert.web.administration",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "kundenwert.web.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kundenwert.web.language.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kundenwert.web.accounts.sessions.LastSeenMiddleware",
    "auditlog.middleware.AuditlogMiddleware",
    "kundenwert.web.accounts.first.FirstStartMiddleware",
    "kundenwert.web.rights.RightsMiddleware",
    "kundenwert.web.accounts.second_factor.SecondFactorMiddleware",
    "kundenwert.web.projects.RoomMiddleware",
    "kundenwert.web.problems.ProblemsMiddleware",
]
ROOT_URLCONF = "kundenwert.web.urls"
WSGI_APPLICATION = "kundenwert.web.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kundenwert.web.frame.frame",
                "kundenwert.web.jobs.frame.running_job",
            ],
            "builtins": ["django.templatetags.static", "kundenwert.web.templatetags.words"],
            "libraries": {file.stem: f"kundenwert.web.templatetags.{file.stem}" for file in (_HERE / "templatetags").glob("[a-z]*.py")},
        },
    }
]

DATABASES = {"default": _home.database(os.environ.get(_home.DATABASE), HOME.database_file)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Limits of sign-in count in here; one table for all processes.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "web_cache"}}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# ---- language and time ----
LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("KUNDENWERT_TIME_ZONE", "Europe/Berlin")

# ---- accounts ----
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["rules.permissions.ObjectPermissionBackend", "allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "kundenwert.web.accounts.adapter.AccountAdapter"
USERSESSIONS_ADAPTER = "kundenwert.web.accounts.sessions.SessionsAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/15m/ip,5/15m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
# Behind a proxy everybody would share its address, and ten wrong passwords of one would shut out all.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if PUBLIC_URL else 0
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "kundenwert"
# Administrators, managers and data protection officers must have a second factor where others can reach the app.
SECOND_FACTOR_REQUIRED = os.environ.get("KUNDENWERT_SECOND_FACTOR", "required" if PUBLIC_URL else "optional") == "required"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

# ---- safety ----
SESSION_COOKIE_NAME = "__Host-kundenwert" if IS_TLS else "kundenwert"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_TLS
CSRF_COOKIE_NAME = "__Host-csrf" if IS_TLS else "kundenwert-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kundenwert.web.problems.csrf_failure"
SECURE_SSL_REDIRECT = IS_TLS
SECURE_REDIRECT_EXEMPT = ["^health$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_TLS else None
SECURE_HSTS_SECONDS = 365 * 86400 if IS_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_TLS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["kundenwert.web.imports.receive.GuardedUploads"]
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ---- files ----
STATIC_URL = "/static/"
STATIC_ROOT = HOME.static
STATICFILES_DIRS = [("base", _REPORTS), _HERE / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder", "django.contrib.staticfiles.finders.AppDirectoriesFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

# ---- logs: what happened and where, never a name, an id or a value of a field ----
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {message}", "style": "{"}},
    "filters": {"plain": {"()": "kundenwert.web.logs.WithoutPersons"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["plain"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"kundenwert": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}
AUDITLOG_INCLUDE_ALL_MODELS = False
# Who changed an account is known by the account; from which address is nobody's business.
AUDITLOG_DISABLE_REMOTE_ADDR = True
