"""Grade books of many platforms in one small process: ``python -m benchmarks.grade_server PORT``.

Platform number N lies below ``/N``: token, scores, results. ``/hang/…`` takes requests and never answers, ``/fail/…``
answers 500 to everything. ``/asked`` tells how many tokens were asked for. It costs little, so that what is measured is
the tool.
"""

from __future__ import annotations

import asyncio
import json
import sys
from urllib.parse import parse_qs, urlsplit

TOKEN = json.dumps(
    {
        "access_token": "a-token-of-the-benchmark",
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": " ".join(
            f"https://purl.imsglobal.org/spec/lti-ags/scope/{name}" for name in ("lineitem", "result.readonly", "score")
        ),
    }
)


class GradeBooks:
    """What all platforms hold, and how often each was asked for a token."""

    def __init__(self) -> None:
        self.tokens = 0
        self.grades: dict[tuple[str, str], tuple[float, float]] = {}

    async def answer(self, method: str, target: str, body: bytes) -> tuple[int, str]:
        """Return status and body of an answer."""
        parts = urlsplit(target)
        platform, _, service = parts.path.strip("/").partition("/")
        if platform == "asked":
            return 200, str(self.tokens)
        if platform == "hang":
            await asyncio.sleep(3600)
        if platform == "fail":
            return 500, "Internal Server Error"
        if service == "token":
            self.tokens += 1
            return 200, TOKEN
        if method == "POST":
            score = json.loads(body)
            self.grades[platform, score["userId"]] = (score["scoreGiven"], score["scoreMaximum"])
            return 200, ""
        user_id = parse_qs(parts.query)["user_id"][0]
        held = self.grades.get((platform, user_id))
        shown = [{"userId": user_id, "resultScore": held[0], "resultMaximum": held[1]}] if held else []
        return 200, json.dumps(shown)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode("latin-1").split("\r\n")
                method, target, _ = first.split(" ", 2)
                length = next((int(one[15:]) for one in lines if one.lower().startswith("content-length:")), 0)
                status, text = await self.answer(method, target, await reader.readexactly(length))
                writer.write(f"HTTP/1.1 {status} -\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def main(port: int) -> None:
    """Serve until the process is ended."""
    server = await asyncio.start_server(GradeBooks().serve, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
