"""A stand-in for the tool: as little of LTI as the demonstration LMS needs to show that a launch goes all the way.

Started as the runner starts the tool: ``stub_tool.py serve --port N --setup --platform-file FILE``.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from urllib.parse import parse_qs, urlencode

import jwt

PAGE = """<!doctype html><meta charset="utf-8"><title>stub</title>
<h1 id="who">{name}</h1><pre id="claims">{claims}</pre>
<script>parent.postMessage({{subject: "lti.frameResize", height: 1234}}, "*")</script>"""


class Handler(BaseHTTPRequestHandler):
    platform: dict[str, object]
    own_url: str

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._answer(200, "text/plain", "ok")
        elif self.path == "/lti/jwks":
            self._answer(200, "application/json", '{"keys": []}')
        else:
            self._answer(404, "text/plain", "no")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        if self.path == "/lti/login":
            self.send_response(302)
            self.send_header("Location", f"{self.platform['auth_url']}?{urlencode(self._authentication_request(form))}")
            self.end_headers()
        elif self.path == "/lti/launch" and "id_token" in form:
            claims = jwt.decode(form["id_token"], options={"verify_signature": False})
            print(json.dumps({"event": "launch.opened", "level": "info"}), flush=True)
            text = json.dumps(claims, ensure_ascii=False, indent=1)
            self._answer(200, "text/html; charset=utf-8", PAGE.format(name=escape(claims["name"]), claims=escape(text)))
        else:
            self._answer(400, "text/html; charset=utf-8", escape(json.dumps(form)))

    def _authentication_request(self, form: dict[str, str]) -> dict[str, str]:
        return {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": form["client_id"],
            "redirect_uri": f"{self.own_url}/lti/launch",
            "login_hint": form["login_hint"],
            "lti_message_hint": form["lti_message_hint"],
            "state": "state-1",
            "nonce": "nonce-1",
        }

    def _answer(self, status: int, media_type: str, body: str) -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("--port", type=int)
    parser.add_argument("--setup", action="store_true")
    parser.add_argument("--platform-file", type=Path)
    options = parser.parse_args()

    def stop(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    Handler.platform = json.loads(options.platform_file.read_text())
    Handler.own_url = f"http://localhost:{options.port}"
    print("not JSON: only for the log", flush=True)
    print(json.dumps({"event": "something odd", "level": "warning"}), flush=True)
    ThreadingHTTPServer(("127.0.0.1", options.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
