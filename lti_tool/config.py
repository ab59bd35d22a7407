"""Settings, read once from environment variables that start with ``LYCEUM_``."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

HOUR = 3600


class SettingsError(ValueError):
    """A setting is missing or cannot be used; the text says which, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the tool is told from outside. Times are seconds; URLs carry no trailing slash."""

    data_dir: Path
    public_url: str
    secret_key: str
    database_url: str
    jobs_url: str
    old_secret_keys: tuple[str, ...] = ()
    language: str = "ru"
    time_zone: str = "Asia/Yekaterinburg"
    trusted_proxies: int = 0
    embedded_jobs: bool = True
    job_workers: int = 4
    gradebook_retry_base: float = 30.0
    gradebook_retry_cap: float = HOUR
    gradebook_lease: float = 60.0
    gradebook_sweep_every: float = 15.0
    http_connect_timeout: float = 5.0
    http_read_timeout: float = 15.0
    visit_hours: int = 12
    private_platforms: frozenset[str] = frozenset()
    testing: bool = False

    @property
    def secure(self) -> bool:
        """Whether people reach the tool over https."""
        return self.public_url.startswith("https://")

    @property
    def on_trial(self) -> bool:
        """Whether the tool only runs on somebody's own machine: then an LMS on that machine may be http, too."""
        parts = urlsplit(self.public_url)
        return parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings. The data directory and, in it, a secret key are made when nothing is said of them.

        Raises:
            SettingsError: a value cannot be used.
        """
        env = os.environ if env is None else env

        def get(name: str, default: str = "") -> str:
            return env.get(f"LYCEUM_{name}", default).strip()

        def seconds(name: str, default: float) -> float:
            try:
                value = float(get(name, str(default)))
            except ValueError as error:
                raise SettingsError(f"LYCEUM_{name} must be a number of seconds") from error
            if value < 0:
                raise SettingsError(f"LYCEUM_{name} must not be negative")
            return value

        def count(name: str, default: int) -> int:
            value = get(name, str(default))
            if not value.isdecimal() or int(value) < 1:
                raise SettingsError(f"LYCEUM_{name} must be a number from 1")
            return int(value)

        data_dir = Path(get("DATA_DIR", "var")).absolute()
        public_url = get("PUBLIC_URL", "http://localhost:8000").rstrip("/")
        if urlsplit(public_url).scheme not in {"http", "https"} or not urlsplit(public_url).netloc:
            raise SettingsError("LYCEUM_PUBLIC_URL must be an address such as https://city.example.org")
        return cls(
            data_dir=data_dir,
            public_url=public_url,
            secret_key=get("SECRET_KEY") or _own_secret(data_dir),
            database_url=database_url(get("DATABASE_URL") or f"sqlite:///{data_dir / 'lyceum.db'}"),
            jobs_url=get("JOBS_URL") or f"sqlite:///{data_dir / 'jobs.db'}",
            old_secret_keys=tuple(get("OLD_SECRET_KEYS").replace(",", " ").split()),
            language=get("LANGUAGE", "ru"),
            time_zone=get("TIME_ZONE", "Asia/Yekaterinburg"),
            trusted_proxies=int(get("TRUSTED_PROXIES", "0")),
            embedded_jobs=get("EMBEDDED_JOBS", "1") not in {"0", "no", "false"},
            job_workers=count("JOB_WORKERS", 4),
            gradebook_retry_base=seconds("GRADEBOOK_RETRY_BASE", 30),
            gradebook_retry_cap=seconds("GRADEBOOK_RETRY_CAP", HOUR),
            gradebook_lease=seconds("GRADEBOOK_LEASE", 60),
            gradebook_sweep_every=seconds("GRADEBOOK_SWEEP_EVERY", 15),
            http_connect_timeout=seconds("HTTP_CONNECT_TIMEOUT", 5),
            http_read_timeout=seconds("HTTP_READ_TIMEOUT", 15),
            private_platforms=frozenset(get("PRIVATE_PLATFORMS").lower().replace(",", " ").split()),
        )

    def flask(self) -> dict[str, Any]:
        """Return what Flask and its extensions want to know."""
        return {
            "SECRET_KEY": self.secret_key,
            "SECRET_KEY_FALLBACKS": list(self.old_secret_keys),
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            # As many kept connections as there may be threads: one beyond would be opened and closed at each request.
            "SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": 16},
            "MAX_CONTENT_LENGTH": 2**20,
            "MAX_FORM_MEMORY_SIZE": 2**20,
            "TESTING": self.testing,
            "BABEL_DEFAULT_LOCALE": self.language,
            "BABEL_DEFAULT_TIMEZONE": self.time_zone,
            "BABEL_TRANSLATION_DIRECTORIES": str(Path(__file__).parent / "web" / "translations"),
        }


def database_url(url: str) -> str:
    """Name the driver that is shipped: PostgreSQL is reached through psycopg 3."""
    for old in ("postgres://", "postgresql://"):
        if url.startswith(old):
            return "postgresql+psycopg://" + url.removeprefix(old)
    return url


def _own_secret(data_dir: Path) -> str:
    """Read the secret of this installation, or make it: readable by its owner only."""
    path = data_dir / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secret := secrets.token_urlsafe(48))
        return secret


def current_settings() -> Settings:
    """Return the settings of the running application."""
    settings: Settings = current_app.extensions["lyceum.settings"]
    return settings
