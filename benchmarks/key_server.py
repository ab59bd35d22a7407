"""Answers requests with one JSON document: ``python -m benchmarks.key_server FILE PORT``. Paths say how soon.

``/jwks`` is answered at once, ``/jwks/100`` after 100 milliseconds, as by a platform that is not on this machine.

A process of its own, so that a tool which asks for keys does not wait for the benchmark's client.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path


async def serve(document: bytes, port: int) -> None:
    """Serve ``document`` on the loopback for ever, connections kept alive."""
    answer = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: max-age=3600\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(document), document)
    )

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                last = request.split(b" ", 2)[1].rpartition(b"/")[2]
                await asyncio.sleep(int(last) / 1000 if last.isdigit() else 0)
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]).read_bytes(), int(sys.argv[2])))
