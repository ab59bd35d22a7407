"""A platform that lists the members of one large course: ``python -m benchmarks.roster_server PORT MEMBERS``.

A process of its own, so that the tool's memory and time are the tool's.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from lti_tool.lti.services import nrps

GROUPS = 30


def member(number: int) -> dict[str, object]:
    """A pupil as a platform describes one, in one of thirty classes."""
    return {
        "status": "Active",
        "roles": ["Learner"],
        "user_id": str(number),
        "lis_person_sourcedid": f"S-{number:06}",
        "name": f"Ученик {number:05}",
        "given_name": "Ученик",
        "family_name": f"{number:05}",
        "email": f"pupil{number}@school.example",
        "group_enrollments": [{"group_id": f"class-{number % GROUPS}"}],
    }


class Platform(BaseHTTPRequestHandler):
    """``/token`` and ``/members``, with ``limit`` and ``from`` as Moodle has them."""

    protocol_version = "HTTP/1.1"
    members: int

    def do_POST(self) -> None:
        """Give a token for whatever is asked."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer({"access_token": "benchmark", "token_type": "Bearer", "expires_in": 3600, "scope": nrps.SCOPE})

    def do_GET(self) -> None:
        """Give a page of the list."""
        query = {name: int(values[0]) for name, values in parse_qs(urlsplit(self.path).query).items() if name != "rlid"}
        start, size = query.get("from", 0), query.get("limit", self.members)
        end = min(start + size, self.members)
        listed = {"context": {"id": "2"}, "members": [member(number) for number in range(start, end)]}
        following = f"http://{self.headers['Host']}/members?limit={size}&from={end}"
        self._answer(listed, {"Link": f'<{following}>; rel="next"'} if end < self.members else {})

    def _answer(self, document: object, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        own = {"Content-Type": nrps.MEMBERSHIPS, "Content-Length": str(len(body))}
        for name, value in (own | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    Platform.members = int(sys.argv[2])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Platform).serve_forever()
