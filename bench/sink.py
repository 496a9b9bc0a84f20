"""A mail server that says yes to everything and keeps nothing: `python -m bench.sink PORT`."""

from __future__ import annotations

import asyncio
import sys

ANSWERS = {b"EHLO": b"250 sink\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection: a line, an answer; after DATA, everything up to the dot."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        writer.write(ANSWERS.get(verb, b"250 OK\r\n"))
        if verb == b"DATA":
            await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 OK\r\n")
        if verb == b"QUIT":
            break
        await writer.drain()
    writer.close()


async def serve(port: int) -> None:
    server = await asyncio.start_server(converse, "127.0.0.1", port, limit=1 << 20)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
