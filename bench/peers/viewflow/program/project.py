"""Settings of the Django project: the peers' database, nothing that only slows it down."""

from typing import Any

import django
from django.conf import settings

USER = "bench"


def configure(given: dict[str, Any]) -> None:
    """given["database"]: host, user, password and name of the peers' database."""
    settings.configure(
        DEBUG=False,
        SECRET_KEY="only for a database that is thrown away",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="bench.peers.viewflow.program.urls",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "HOST": given["database"]["host"],
                "USER": given["database"]["user"],
                "PASSWORD": given["database"]["password"],
                "NAME": given["database"]["dbname"],
                "CONN_MAX_AGE": None,
            }
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "viewflow",
            "viewflow.workflow",
            "bench.peers.viewflow.program.office.Office",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        MESSAGE_STORAGE="django.contrib.messages.storage.cookie.CookieStorage",
        USE_TZ=True,
    )
    django.setup()
