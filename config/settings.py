"""Settings: everything comes from the environment, and the defaults are the embedded servers under DRAGOMAN_HOME."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from core.embedded import database_url, redis_url
from core.secrets import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
DRAGOMAN_HOME = Path(os.environ.get("DRAGOMAN_HOME", BASE_DIR / "var")).resolve()


def flag(name: str, default: bool = False) -> bool:
    """The environment variable as a boolean; anything but a plain yes or no is refused."""
    text = os.environ.get(name, str(default)).strip().lower()
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off", ""):
        return False
    raise ImproperlyConfigured(f"{name}={text!r}: write true or false.")


def listed(name: str) -> list[str]:
    """The environment variable as a list of words apart by commas; empty without it."""
    return [word for one in os.environ.get(name, "").split(",") if (word := one.strip())]


# Production is where somebody pointed us at their own servers; only the embedded default may invent its own secret.
DATABASE_URL = os.environ.get("DATABASE_URL", "")
REDIS_URL = os.environ.get("REDIS_URL", "") or redis_url(DRAGOMAN_HOME)
EMBEDDED = not DATABASE_URL
SECRET_KEY = secret_key(DRAGOMAN_HOME, may_generate=EMBEDDED)
# Former secrets, the newest first: what they signed or sealed still opens.
SECRET_KEY_FALLBACKS = listed("DRAGOMAN_SECRET_KEY_FALLBACKS")
DEBUG = flag("DRAGOMAN_DEBUG")
HTTPS = flag("DRAGOMAN_HTTPS")
ALLOWED_HOSTS = [h for h in os.environ.get("DRAGOMAN_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("DRAGOMAN_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "core",
    "annotation",
    "pipelines",
    "frontend",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "axes",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "frontend.errors.PlainErrors",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "frontend.templatetags.texts", "frontend.templatetags.ui"],
        },
    }
]

# How long a worker may hold work before another takes it; seconds.
RUN_LEASE_SECONDS = int(os.environ.get("DRAGOMAN_RUN_LEASE_SECONDS", 60))
DATABASES = {"default": database_url(DATABASE_URL, DRAGOMAN_HOME, idle_seconds=RUN_LEASE_SECONDS)}
# Connections one web process shares between its threads; the web server asks for it, workers and commands keep their own.
if DB_POOL := int(os.environ.get("DRAGOMAN_DB_POOL", 0)):
    DATABASES["default"] |= {"ENGINE": "core.pooled", "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
    # A request outlasts a restart of PostgreSQL that is shorter than `timeout`. The pool's own tries come less and less often,
    # and after a long outage it would be late by as much again: after `reconnect_timeout` the next request begins anew.
    pool = {"min_size": 1, "max_size": DB_POOL, "timeout": 3, "reconnect_timeout": 3}
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = pool
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "frontend/locked_out.html"
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"), ("ar", "العربية"), ("es", "Español"), ("fr", "Français"), ("sw", "Kiswahili"), ("zh-hans", "简体中文"),
]  # fmt: skip
LOCALE_PATHS = [BASE_DIR / "frontend" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DRAGOMAN_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "frontend.storage.ModuleStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
# A table is edited cell by cell, each a field of the form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
# How much of a file one import may bring, in bytes; larger ones come by the command line.
MAX_UPLOAD_BYTES = int(os.environ.get("DRAGOMAN_MAX_UPLOAD_BYTES", 512 * 1024 * 1024))

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("DRAGOMAN_BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
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
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "frontend.api.tokens.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "frontend.errors.api_error",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {"TITLE": "Dragoman", "DESCRIPTION": "Verified multilingual benchmarks.", "VERSION": "0.1.0"}

# Models: any OpenAI-compatible endpoint.
OPENAI_BASE_URL = os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1")
OPENAI_API_KEY = os.environ.get("OPENAI_API_KEY", "")
# Hosts beyond the public Internet that may be connected to, as name, name:port, address or network/bits: at which endpoints may be,
# and that files may be fetched from. OPENAI_BASE_URL is the operator's own word and needs no entry.
ENDPOINT_HOSTS = listed("DRAGOMAN_ENDPOINT_HOSTS")
IMPORT_HOSTS = listed("DRAGOMAN_IMPORT_HOSTS")

# How often the sweep rings again; seconds.
SWEEP_SECONDS = int(os.environ.get("DRAGOMAN_SWEEP_SECONDS", 10))
# How long one call to a model may take in all; one that nobody settled for longer has lost its worker.
CALL_SECONDS = int(os.environ.get("DRAGOMAN_CALL_SECONDS", 120))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # They write whole URLs, and a query may hold a signature.
    "loggers": {"httpx2": {"level": "WARNING"}, "httpcore2": {"level": "WARNING"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("DRAGOMAN_LOG_LEVEL", "WARNING")},
}
