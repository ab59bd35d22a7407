"""``python -m lti_tool.demo_lms``: the whole demonstration; ``--reset`` deletes its data."""

from __future__ import annotations

import argparse
import io
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from .runner import CannotStart, reset, run
from .settings import SettingsError, from_environment


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 done or stopped on purpose, 1 a part failed, 2 it could not start."""
    parser = argparse.ArgumentParser(prog="python -m lti_tool.demo_lms", description=__doc__)
    parser.add_argument("--reset", action="store_true", help="delete the demonstration's data and end")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal without a UTF-8 locale must not end the demonstration.
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        settings = from_environment()
        if options.reset:
            print(reset(settings.data_dir))
            return 0
        return run(settings, _tool_command())
    except SettingsError as error:
        print(
            f"{error.variable} = «{error.value}» не подходит: нужно целое число; номера портов — до 65535 и разные.\n"
            f"{error.variable} cannot be used."
        )
    except CannotStart as error:
        print(error)
    return 2


def _tool_command() -> list[str]:
    beside = Path(sys.executable).with_name("lyceum-city")
    found = str(beside) if beside.exists() else shutil.which("lyceum-city")
    if found is None:
        raise CannotStart(
            "Не найдена команда lyceum-city: инструмент не установлен. Выполните make setup и повторите.\n"
            "The command lyceum-city was not found: run make setup first."
        )
    return [found]


if __name__ == "__main__":
    sys.exit(main())
