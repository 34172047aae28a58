"""Puts the web application together; reads like a table of contents. Migrating is `ensure_ready`, called by serve."""

from __future__ import annotations

from flask import Flask

from pinboard import config as settings
from pinboard.accounts.settings import bp as accounts
from pinboard.admin.proof import bp as admin
from pinboard.attest.routes import bp as attest
from pinboard.boards.routes import bp as boards
from pinboard.carry.routes import bp as carry
from pinboard.cases.glimpse import bp as glimpse
from pinboard.cases.routes import bp as cases
from pinboard.cases.viewer import bp as viewer
from pinboard.comments.routes import bp as comments
from pinboard.config import Config
from pinboard.discover.admin import bp as discover
from pinboard.drafts.routes import bp as drafts
from pinboard.flags.routes import bp as flags
from pinboard.inbox.routes import bp as inbox
from pinboard.intake.stores import Stores
from pinboard.marks.routes import bp as marks
from pinboard.patients.routes import bp as patients
from pinboard.people.routes import bp as people
from pinboard.search.routes import bp as search
from pinboard.shares.routes import bp as shares
from pinboard.trash.routes import bp as trash
from pinboard.upkeep.routes_images import bp as upkeep
from pinboard.web import (
    access,
    assets,
    errors,
    extensions,
    headers,
    languages,
    proxies,
    secret_key,
    sessions,
    templating,
)
from pinboard.web.health import bp as health
from pinboard.web.help import bp as help_pages
from pinboard.web.media import bp as media
from pinboard.web.pwa import bp as pwa
from pinboard.web.requests import FORM_BYTES, BoundedRequest

# One line per feature, in alphabetical order; each is `pinboard/<feature>/routes.py`.
FEATURES = (
    accounts,
    admin,
    attest,
    boards,
    carry,
    cases,
    comments,
    discover,
    drafts,
    flags,
    glimpse,
    inbox,
    marks,
    patients,
    people,
    search,
    shares,
    trash,
    upkeep,
    viewer,
)


def create_app(config: Config | None = None, *, stores: Stores | None = None) -> Flask:
    """Make an application for one installation; whoever has its stores open already hands them on."""
    config = config or settings.load()
    app = Flask(__name__, static_folder=None, template_folder=str(assets.folder("templates")))
    app.request_class = BoundedRequest
    app.jinja_environment = templating.Templates
    app.config.update(PINBOARD=config, MAX_CONTENT_LENGTH=FORM_BYTES, SECRET_KEY=secret_key.load(config))
    app.extensions["pinboard-stores"] = stores or Stores.open(config)
    headers.init_app(app)
    sessions.init_app(app)
    extensions.init_app(app)
    access.init_app(app)
    errors.init_app(app)
    assets.init_app(app)
    languages.init_app(app)
    templating.init_app(app)
    proxies.init_app(app)
    for feature in (health, help_pages, media, pwa, *FEATURES):
        app.register_blueprint(feature)
    return app
