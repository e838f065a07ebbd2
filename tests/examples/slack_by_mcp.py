"""The same as `slack.py`, made with Python's `mcp`, which others wrote."""

from __future__ import annotations

import os

from mcp.server.mcpserver import MCPServer

server = MCPServer("slack")


@server.tool()
def conversations_add_message(channel_id: str, thread_ts: str, payload: str, content_type: str) -> dict[str, str]:
    """Takes a message for a channel."""
    assert os.environ["SLACK_MCP_XOXP_TOKEN"].startswith("xoxp-")
    return {"channel": channel_id, "thread": thread_ts, "said": payload, "type": content_type}


server.run("stdio")
