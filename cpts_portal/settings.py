"""Settings of the portal, read from the environment (and from `.env` when there is one).

`DEBUG` is off unless asked for. With `DEBUG=true` everything has a default and the portal runs on SQLite with
nothing to prepare; without it, a missing secret key, host list or database stops the start with a sentence
that says what to set. Every variable read here is described in `.env.example` (a test compares the two).
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)


def required(name: str, example: str, *, default_in_debug: str) -> str:
    """The value of a variable that production cannot do without, or a clear refusal to start."""
    value = env.str(name, default="")
    if value:
        return value
    if DEBUG:
        return default_in_debug
    raise ImproperlyConfigured(
        f"The environment variable {name} is not set. Set it, for example {name}={example} "
        f"(see .env.example), or set DEBUG=true on a development machine."
    )


DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))
DATA_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = required("SECRET_KEY", "a-long-random-text", default_in_debug="development-only-not-a-secret")
IBAN_KEY = required(
    "IBAN_KEY", "another-long-random-text", default_in_debug=SECRET_KEY
)  # encrypts bank accounts at rest
ALLOWED_HOSTS = [
    host.strip()
    for host in required("ALLOWED_HOSTS", "portail.example.fr", default_in_debug="localhost,127.0.0.1,[::1]").split(",")
]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000" if DEBUG else f"https://{ALLOWED_HOSTS[0]}").rstrip("/")

# --- Applications -----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "cpts_portal.core",
    "territories",
    "cpts_portal.accounts",
    "members",
    "missions",
    "contracts",
    "cpts_portal.home",
    "cpts_portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "django_tasks",
    "django_tasks_db",
    "import_export",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cpts_portal.accounts.middleware.ActorMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "cpts_portal.home.errors.OwnNotFoundPage",
]

ROOT_URLCONF = "cpts_portal.urls"
WSGI_APPLICATION = "cpts_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cpts_portal.accounts.context.portal",
                "cpts_portal.home.navigation.portal_navigation",
            ],
            "builtins": ["cpts_portal.core.templatetags.ui", "cpts_portal.core.templatetags.components"],
        },
    },
]
FORM_RENDERER = "cpts_portal.core.forms.PortalFormRenderer"

# --- Database ---------------------------------------------------------------------------------------------------
DATABASES = {
    "default": env.db_url_config(
        required(
            "DATABASE_URL",
            "postgres://user:password@localhost:5432/cpts",
            default_in_debug=f"sqlite:///{DATA_DIR / 'portail.sqlite3'}",
        )
    )
}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A write takes its lock at once and waits its turn, instead of failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Accounts ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "cpts_portal.accounts.backends.PermissionTableBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:dashboard"
LOGOUT_REDIRECT_URL = "home:public"
ACCOUNT_ADAPTER = "cpts_portal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are born from an invitation e-mail, which proves the address
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Portail CPTS] "
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Portail CPTS"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
INVITATION_VALID_DAYS = env.int("INVITATION_VALID_DAYS", default=14)
SESSION_COOKIE_AGE = 60 * 60 * 12
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# --- Language, time, numbers ------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # numbers are formatted by the `number` filter: years and codes keep their form

# --- Static and private files -----------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_ROOT = DATA_DIR / "files"  # private: served only through an access check, never by URL
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # composing a territory posts one field per commune
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=50 * 1024 * 1024)
DIRECTORY_UPLOAD_MAX_BYTES = env.int("DIRECTORY_UPLOAD_MAX_BYTES", default=400 * 1024 * 1024)

# --- Jobs, cache, mail ------------------------------------------------------------------------------------------
TASK_RUNNERS = {
    "thread": "cpts_portal.core.tasks.ThreadBackend",
    "immediate": "django_tasks.backends.immediate.ImmediateBackend",
    "database": "django_tasks_db.DatabaseBackend",
}
_runner = env.str("TASKS_RUNNER", default="thread")
if _runner not in TASK_RUNNERS:
    raise ImproperlyConfigured(f"TASKS_RUNNER is {_runner!r}: set it to one of {', '.join(TASK_RUNNERS)}.")
TASKS = {"default": {"BACKEND": TASK_RUNNERS[_runner]}}
CACHES = {"default": env.cache_url("CACHE_URL", default=f"filecache://{DATA_DIR / 'cache'}")}
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Portail CPTS <ne-pas-repondre@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Security ---------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "cpts_portal.home.errors.csrf_failure"
if not DEBUG:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=False)
    # Django advises both; they bind every other site of the same domain, which only its owner may decide.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

if DEBUG and env.bool("DEBUG_TOOLBAR", default=False):
    INSTALLED_APPS += ["debug_toolbar"]
    MIDDLEWARE.insert(3, "debug_toolbar.middleware.DebugToolbarMiddleware")
    INTERNAL_IPS = ["127.0.0.1"]

# Who publishes the portal: the legal page marks what is still missing.
PUBLISHER = {
    "name": env.str("PUBLISHER_NAME", default=""),
    "address": env.str("PUBLISHER_ADDRESS", default=""),
    "director": env.str("PUBLISHER_DIRECTOR", default=""),
    "host": env.str("PUBLISHER_HOST", default=""),
    "contact": env.str("PUBLISHER_CONTACT", default=""),
    "dpo": env.str("PUBLISHER_DPO", default=""),
}

DJANGO_TABLES2_TEMPLATE = "ui/table.html"
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_SKIP_ADMIN_LOG = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Each PDF would write dozens of lines; the development server, one per process it starts.
    "loggers": {name: {"level": "WARNING"} for name in ("weasyprint", "fontTools", "django.utils.autoreload")},
}

# --- Personal data (see members/privacy/retention.py) -------------------------------------------------------------
MEMBER_RETENTION_YEARS = env.int("MEMBER_RETENTION_YEARS", default=3)
PAYMENT_RETENTION_YEARS = env.int("PAYMENT_RETENTION_YEARS", default=10)
