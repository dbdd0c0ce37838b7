"""The web application, put together from settings. Kept out of `webapp` itself so that small commands start quickly."""

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config
from store import crypto
from store.db import db
from store.engines import WEB_TIMEOUT_MS, settings
from webapp.assets import init_app as init_assets
from webapp.blueprints import register_blueprints
from webapp.errors import init_app as init_errors
from webapp.frame import init_app as init_frame
from webapp.security import init_app as init_security
from webapp.wiring import wire

WEB_THREADS = 8


def create_app(config: Config, *, threads: int = WEB_THREADS, statement_timeout_ms: int = WEB_TIMEOUT_MS) -> Flask:
    """The application. `config` must carry database URLs (webapp.database.opened gives such a one)."""
    app = Flask("webapp")
    app.config.update(
        _settings(config), **settings(config.urls, threads=threads, statement_timeout_ms=statement_timeout_ms)
    )
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies, x_host=config.proxies)  # type: ignore[method-assign]
    crypto.configure(crypto.read_master_key(config.master_key_file))
    db.init_app(app)
    wire()
    init_security(app)
    init_errors(app)
    init_assets(app)
    init_frame(app)
    register_blueprints(app)
    return app


def _settings(config: Config) -> dict[str, Any]:
    return {
        "SECRET_KEY": config.secret_key,
        "HOME": config.home,
        "SESSION_COOKIE_NAME": "__Host-session" if config.production else "countersign",
        "SESSION_COOKIE_SECURE": config.production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_PROTECTION": None,
        "TRUSTED_HOSTS": list(config.trusted_hosts) or None,
        "MAX_CONTENT_LENGTH": config.webhook_max_bytes,
        "MAX_FORM_MEMORY_SIZE": 1_000_000,
        "WTF_CSRF_TIME_LIMIT": None,
        "API_TITLE": "Countersign",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
    }
