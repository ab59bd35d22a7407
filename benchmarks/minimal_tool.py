"""The tool to compare with: as little as a launch needs, with the library's own Flask classes, as its example shows.

It keeps launch data in the memory of its one process, knows one platform by heart, stores nobody and nothing, and does
not look whether the browser takes cookies (the example's cookie check would cost it one more request).
"""

from __future__ import annotations

import os
import time
from typing import Any

from flask import Flask, redirect
from pylti1p3.contrib.flask import FlaskCacheDataStorage, FlaskMessageLaunch, FlaskOIDCLogin, FlaskRequest
from pylti1p3.tool_config import ToolConfDict
from werkzeug.wrappers import Response

from benchmarks.school import CLIENT_ID, DEPLOYMENT_ID, description


class Memory:
    """What the library wants of a cache; quicker than any that survives the process."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, Any]] = {}

    def get(self, key: str) -> Any:
        """Return a value that has not expired, or None."""
        until, value = self._kept.get(key, (0.0, None))
        return value if until > time.monotonic() else None

    def set(self, key: str, value: Any, lifetime: int | None) -> None:
        """Keep a value for ``lifetime`` seconds; None: a day."""
        self._kept[key] = (time.monotonic() + (lifetime or 86400), value)


def create_app(issuer: str, *, cache_keys: bool, keys_ms: int = 0) -> Flask:
    """Make the tool for one platform.

    Args:
        cache_keys: switch on the library's cache of platform keys, an option. Without it the keys are fetched at each
            launch, as in its example.
        keys_ms: how far away the platform's keys are.
    """
    app = Flask(__name__)
    app.secret_key = "benchmark"
    storage = FlaskCacheDataStorage(Memory())
    platform = description(issuer)
    configuration = ToolConfDict(
        {
            issuer: {
                "default": True,
                "client_id": CLIENT_ID,
                "auth_login_url": platform["auth_url"],
                "auth_token_url": platform["token_url"],
                "key_set_url": platform["jwks_url"] + (f"/{keys_ms}" if keys_ms else ""),
                "deployment_ids": [DEPLOYMENT_ID],
            }
        }
    )

    @app.route("/lti/login", methods=["GET", "POST"])
    def login() -> Response:
        request = FlaskRequest()
        target = request.get_param("target_link_uri")
        return FlaskOIDCLogin(request, configuration, launch_data_storage=storage).redirect(target)

    @app.post("/lti/launch")
    def launch() -> Response:
        message = FlaskMessageLaunch(FlaskRequest(), configuration, launch_data_storage=storage)
        if cache_keys:
            message.set_public_key_caching(storage, cache_lifetime=7200)
        message.get_launch_data()
        return redirect(f"/course/{message.get_launch_id()}", 303)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return app


def from_environment() -> Flask:
    """Make the tool for a server: ``BENCHMARK_ISSUER``, ``BENCHMARK_CACHE_KEYS`` (0 or 1), ``BENCHMARK_KEYS_MS``."""
    return create_app(
        os.environ["BENCHMARK_ISSUER"],
        cache_keys=os.environ["BENCHMARK_CACHE_KEYS"] == "1",
        keys_ms=int(os.environ["BENCHMARK_KEYS_MS"]),
    )
