"""Serving with gunicorn, and the delivery of scores beside it."""

from __future__ import annotations

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from lti_tool import jobs
from lti_tool.db import db


class _Server(BaseApplication):
    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def serve(app: Flask, *, host: str, port: int, workers: int, threads: int) -> None:
    """Serve until told to stop. In one process the jobs run inside it; otherwise `lyceum-city worker` does them."""
    with app.app_context():
        db.engine.dispose()  # what was opened for the set-up must not be shared with the processes that are forked now
    embedded = app.extensions["lyceum.settings"].embedded_jobs and workers == 1

    def begin_jobs(worker: Any) -> None:
        if embedded:
            jobs.start_embedded(app)

    _Server(
        app,
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": 10,
            "keepalive": 15,
            "post_worker_init": begin_jobs,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "control_socket_disable": True,
        },
    ).run()
