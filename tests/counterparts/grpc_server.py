"""A gRPC server made with `grpcio`, which others wrote: `python -m tests.counterparts.grpc_server PORT`. It speaks TLS, and has no reflection.

It shouts back what it hears to those who have the token.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import grpc

from tests.counterparts import tokens
from tests.counterparts.gate import Gate
from tests.counterparts.tls import SERVER

PROTO = Path(__file__).with_name("proto")


async def _known(context: Any) -> str:
    """The key of a call by somebody who is known."""
    metadata = dict(context.invocation_metadata())
    shown = metadata.get("authorization")
    if shown != f"Bearer {tokens.GRPC}":
        await context.abort(grpc.StatusCode.UNAUTHENTICATED, f"{shown} is not known here")
    return str(metadata["idempotency-key"])


async def serve(port: int) -> None:
    sys.path.insert(0, str(PROTO))
    words = grpc.protos("words/line.proto")
    _, services = grpc.protos_and_services("shouting.proto")

    class Shouter(services.ShouterServicer):  # type: ignore[name-defined,misc]  # made as it is run
        async def Shout(self, line: Any, context: Any) -> Any:  # noqa: N802  the proto's name
            await _known(context)
            return words.Line(text=line.text.upper())

        async def Hold(self, wait: Any, context: Any) -> Any:  # noqa: N802  the proto's name
            await Gate(wait.gate).passed(await _known(context))
            return words.Line(text="HELD")

    server = grpc.aio.server()
    services.add_ShouterServicer_to_server(Shouter(), server)
    pem = SERVER.read_bytes()
    server.add_secure_port(f"127.0.0.1:{port}", grpc.ssl_server_credentials([(pem, pem)]))
    await server.start()
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
