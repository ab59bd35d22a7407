"""Serve the LMS: ``python -m lti_tool.demo_lms.server [--control] [--announce]``, on 127.0.0.1 only."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from .app import create_app
from .database import OtherSchemaError
from .settings import SettingsError, from_environment


class QuietHandler(WSGIRequestHandler):
    """Requests are written down in the journal, not on the screen."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class Server(ThreadedWSGIServer):
    """A thread for each request; none of them may keep the process from ending (one may hang on purpose)."""

    daemon_threads = True
    block_on_close = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 2 when the settings, the data or the port do not allow it."""
    parser = argparse.ArgumentParser(prog="lti_tool.demo_lms.server", description=__doc__)
    parser.add_argument("--control", action="store_true", help="open /control/* to tests on this machine")
    parser.add_argument("--announce", action="store_true", help="print events as JSON lines on standard output")
    options = parser.parse_args(arguments)
    try:
        settings = from_environment(control=options.control, announce=options.announce)
        app = create_app(settings)
        server = Server("127.0.0.1", settings.lms_port, app, QuietHandler)
    except SettingsError as error:
        print(f"demo LMS: {error}", file=sys.stderr)
        return 2
    except OtherSchemaError as error:
        print(f"demo LMS: the data were made by another edition ({error}); run: make demo-reset", file=sys.stderr)
        return 2
    except (OSError, SystemExit) as error:
        print(f"demo LMS: port {settings.lms_port} cannot be used ({error})", file=sys.stderr)
        return 2

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # shutdown() waits for serve_forever(), which runs in this very thread.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
