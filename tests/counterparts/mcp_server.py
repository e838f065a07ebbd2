"""An MCP server made with Python's `mcp`, which others wrote: `python -m tests.counterparts.mcp_server stdio`, or with a port for HTTP.

With `EXPECTED` in its environment it works only for those who have that token: in `TOKEN` of its environment, or by HTTP as bearer.
"""

from __future__ import annotations

import os
import sys
import time

import uvicorn
from mcp.server.mcpserver import Context, MCPServer

from tests.counterparts.doorkeeper import guarded
from tests.counterparts.gate import Gate

server = MCPServer("counterpart")


@server.tool()
def echo(message: str) -> str:
    """Says what it hears."""
    return f"Echo: {message}"


@server.tool()
def fail(why: str) -> str:
    """Does not work."""
    raise ValueError(why)


@server.tool()
def sleep(seconds: float) -> str:
    """Takes its time."""
    time.sleep(seconds)
    return "slept"


@server.tool()
async def hold(gate: str, context: Context) -> str:  # type: ignore[type-arg]  # whatever its lifespan is
    """Goes on when the gate is open."""
    meta = context.request_context.meta or {}
    await Gate(gate).passed(f"{meta.get('idempotencyKey')} {os.getpid()}")
    return "held"


@server.prompt()
def greet(name: str) -> str:
    """Asks for a greeting."""
    return f"Greet {name}"


@server.resource("memo://one")
def one() -> str:
    """The first memo."""
    return "first"


@server.resource("memo://all/{name}")
def memo(name: str) -> str:
    """Any memo."""
    return f"about {name}"


def main(where: str, expected: str | None) -> None:
    if where != "stdio":
        app = server.streamable_http_app()
        uvicorn.run(guarded(app, "/mcp", expected) if expected else app, host="127.0.0.1", port=int(where), log_level="warning")
    elif expected in {None, os.environ.get("TOKEN")}:
        server.run("stdio")
    else:
        sys.exit(f"{os.environ.get('TOKEN')} is not known here")


if __name__ == "__main__":
    main(sys.argv[1], os.environ.get("EXPECTED"))
