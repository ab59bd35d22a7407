"""Putting the application together. Only wiring happens here."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from lti_tool import health, housekeeping, jobs, web
from lti_tool.catalog import views as catalog
from lti_tool.catalog.index import Catalogue
from lti_tool.catalog.releases import Packs
from lti_tool.config import Settings
from lti_tool.console import views as console
from lti_tool.db import db
from lti_tool.learning.arrival import arrive
from lti_tool.lti import picking, refusals, storage, visits, windows
from lti_tool.lti import views as lti
from lti_tool.lti.platform_keys import PlatformKeyring
from lti_tool.lti.registration import exchange
from lti_tool.lti.services import http
from lti_tool.player import views as player
from lti_tool.plugins import load_plugins
from lti_tool.privacy import views as privacy
from lti_tool.schools import views as schools
from lti_tool.schools.registrations import Registrations
from lti_tool.teaching import gradebook_views as gradebook
from lti_tool.teaching import mentees
from lti_tool.teaching import views as teaching

BLUEPRINTS = (
    health.blueprint,
    lti.blueprint,
    picking.blueprint,
    storage.blueprint,
    windows.blueprint,
    schools.blueprint,
    catalog.blueprint,
    player.blueprint,
    teaching.blueprint,
    gradebook.blueprint,
    privacy.blueprint,
    mentees.blueprint,
    console.blueprint,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application.

    Raises:
        SettingsError: a setting cannot be used.
    """
    settings = settings or Settings.from_env()
    app = Flask("lti_tool", static_folder=None, template_folder="web/templates")
    app.config.update(settings.flask())
    app.extensions["lyceum.settings"] = settings
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    if settings.database_url.startswith("sqlite"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    http.init_app(app, settings)
    exchange.init_app(app, settings)
    registrations = Registrations(db.session)
    app.extensions["lyceum.registrations"] = registrations
    app.extensions["lyceum.frame_origins"] = registrations.origins
    app.extensions["lyceum.platform_keys"] = PlatformKeyring(app.extensions["lti.http"].fetch_json)
    app.extensions["lyceum.packs"] = Packs()
    app.extensions["lyceum.catalogue"] = Catalogue()
    app.extensions["lyceum.arrive"] = arrive
    web.init_app(app, settings)
    refusals.init_app(app)
    app.jinja_env.globals["csrf_token"] = visits.form_field
    work = jobs.init_app(app, settings)
    work.every("tidy", housekeeping.EVERY, housekeeping.tidy)
    work.every("platform-keys", housekeeping.KEYS_EVERY, housekeeping.renew_platform_keys)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for plugin in load_plugins():
        if plugin.blueprint is not None:
            app.register_blueprint(plugin.blueprint)
    return app
