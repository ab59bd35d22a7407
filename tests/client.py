"""The test client: each request stands alone, as it does on a server."""

from __future__ import annotations

from contextvars import Context
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.db import db


class SeparateClient(FlaskClient):
    """Sends each request outside of the test's own application context.

    Flask would otherwise reuse that context, and with it ``g`` and the database session: a request would see what an
    earlier one left behind. What the test wrote is committed first, and what it read before is read anew.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request."""
        if has_app_context():
            db.session.commit()
            db.session.expire_all()
        return Context().run(super().open, *args, **kwargs)
