"""Plugins: packages that bring content or pages, found by the entry-point group ``lyceum_city.plugins``.

The tool never names one. A partner's own plugin uses the same door::

    [project.entry-points."lyceum_city.plugins"]
    our_trials = "our_trials:plugin"
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import click
from flask import Blueprint

GROUP = "lyceum_city.plugins"


@dataclass(frozen=True, slots=True)
class Plugin:
    """What a plugin hands over: folders of packs, and if it has them a blueprint and commands."""

    name: str
    packs: tuple[Path, ...] = ()
    blueprint: Blueprint | None = None
    commands: tuple[click.Command, ...] = ()


def load_plugins() -> list[Plugin]:
    """Return all installed plugins, by name.

    Raises:
        TypeError: an entry point names something that is not a Plugin.
    """
    plugins = []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        plugin = entry.load()
        if not isinstance(plugin, Plugin):
            raise TypeError(f"{entry.value} is not a lti_tool.plugins.Plugin")
        plugins.append(plugin)
    return plugins
