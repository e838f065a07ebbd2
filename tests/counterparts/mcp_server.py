"""An MCP server made with Python's `mcp`, which others wrote: `python mcp_server.py stdio`, or `python mcp_server.py PORT` for HTTP."""

from __future__ import annotations

import sys
import time

from mcp.server.mcpserver import MCPServer

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


if __name__ == "__main__":
    if sys.argv[1] == "stdio":
        server.run("stdio")
    else:
        server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[1]))
