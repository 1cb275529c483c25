"""Deliberation Harbour (议事港湾): create_app, and nothing else."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from harbour import cli, models, tenancy, web
from harbour.extensions import db, seal
from harbour.services import unit_of_work
from harbour.web import access, assets, context, errors, i18n, security, views
from harbour.web.templating import Environment

ROOT = Path(__file__).resolve().parent.parent


def utcnow() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def create_app(config: Mapping[str, Any], clock: Callable[[], datetime] = utcnow) -> Flask:
    """The application for these settings, telling the time by this clock."""
    app = Flask(
        "harbour",
        root_path=str(ROOT),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.jinja_environment = Environment
    app.config.from_mapping(config)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    seal.key = str(app.config["SECRET_KEY"]).encode()
    db.init_app(app)
    context.init_app(app, clock)
    security.init_app(app)
    i18n.init_app(app)
    errors.init_app(app)
    assets.init_app(app)
    views.register(app)
    cli.register(app)
    with app.app_context():
        tenancy.watch(db.session)
        unit_of_work.watch(db.session)
    app.view_functions["static"] = access.open_to(access.ANYONE)(app.view_functions["static"])
    access.demand_audiences(app)
    if not app.debug:
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app, root=str(ROOT / "static"), prefix="static/", max_age=86400,
            add_headers_function=security.dress_file,
        )  # fmt: skip
    proxies = app.config["HARBOUR_PROXIES"]
    if proxies:
        # The host is the one the proxy passes on: a header for it could come from anybody.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0
        )
    return app


__all__ = ["create_app", "models", "utcnow", "web"]
