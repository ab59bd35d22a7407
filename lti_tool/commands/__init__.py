"""Commands of the operator that are more than a few lines; :mod:`lti_tool.cli` puts them under ``lyceum-city``."""

from __future__ import annotations

import click
from flask import Flask

from lti_tool.config import SettingsError


def open_app() -> Flask:
    """Make the application for a command; a setting that cannot be used is told in a line."""
    from lti_tool.app import create_app  # loading the application takes a second that `--help` should not

    try:
        return create_app()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
