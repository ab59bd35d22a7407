"""Where the demonstration LMS listens, where the tool stands, and where the data lie."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CLIENT_ID = "demo-client"
DEPLOYMENT_ID = "demo-1"
FAMILY = "lyceum-demo-lms"
SCHOOL = "demo-school"

LMS_PORT = "LYCEUM_DEMO_LMS_PORT"
TOOL_PORT = "LYCEUM_DEMO_TOOL_PORT"
DATA_DIR = "LYCEUM_DEMO_DIR"
TOKEN_SECONDS = "LYCEUM_DEMO_TOKEN_SECONDS"  # noqa: S105 - the name of a variable, not a password
PACK = "LYCEUM_DEMO_PACK"


class SettingsError(ValueError):
    """A variable of the environment cannot be used; ``variable`` names it."""

    def __init__(self, variable: str, value: str) -> None:
        super().__init__(f"{variable}={value!r}")
        self.variable = variable
        self.value = value


@dataclass(frozen=True)
class Settings:
    """Everything the LMS is told from outside; addresses are derived, so that both sides spell them alike."""

    data_dir: Path
    lms_port: int = 8001
    tool_port: int = 8000
    token_seconds: int = 3600
    pack: str = "kak-rabotaet-licej"
    control: bool = False
    announce: bool = False
    """Print every event as one JSON line on standard output, for the runner to relay."""

    # 127.0.0.1 and localhost are two *sites* to a browser: the tool is embedded cross-site, as in a school.
    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.lms_port}"

    @property
    def tool_url(self) -> str:
        return f"http://localhost:{self.tool_port}"

    @property
    def auth_url(self) -> str:
        return f"{self.issuer}/auth"

    @property
    def token_url(self) -> str:
        return f"{self.issuer}/token"

    @property
    def jwks_url(self) -> str:
        return f"{self.issuer}/jwks"

    @property
    def tool_login_url(self) -> str:
        return f"{self.tool_url}/lti/login"

    @property
    def tool_launch_url(self) -> str:
        return f"{self.tool_url}/lti/launch"

    @property
    def tool_jwks_url(self) -> str:
        return f"{self.tool_url}/lti/jwks"

    @property
    def database(self) -> Path:
        return self.data_dir / "lms.sqlite3"


def from_environment(
    environ: Mapping[str, str] = os.environ, *, control: bool = False, announce: bool = False
) -> Settings:
    """Read the settings; raises SettingsError naming the variable that cannot be used."""
    lms_port = _whole_number(environ, LMS_PORT, 8001, 65535)
    tool_port = _whole_number(environ, TOOL_PORT, 8000, 65535)
    if lms_port == tool_port:
        raise SettingsError(TOOL_PORT if TOOL_PORT in environ else LMS_PORT, str(tool_port))
    return Settings(
        data_dir=Path(environ.get(DATA_DIR) or "var/demo").absolute(),
        lms_port=lms_port,
        tool_port=tool_port,
        token_seconds=_whole_number(environ, TOKEN_SECONDS, 3600, 86400),
        pack=environ.get(PACK) or "kak-rabotaet-licej",
        control=control,
        announce=announce,
    )


def _whole_number(environ: Mapping[str, str], variable: str, default: int, largest: int) -> int:
    text = environ.get(variable, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= largest:
        raise SettingsError(variable, text)
    return int(text)
