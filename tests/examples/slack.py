"""An MCP server by standard streams that takes messages for a channel: what the example of `call: mcp` believes npx to bring."""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def answer(message: Any) -> Any:
    """The result of a request."""
    if message["method"] == "initialize":
        server = {"name": "slack", "version": "1"}
        return {"protocolVersion": message["params"]["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": server}
    assert message["method"] == "tools/call", message
    assert os.environ["SLACK_MCP_XOXP_TOKEN"].startswith("xoxp-")
    posted = {"started": sys.argv[1:], "tool": message["params"]["name"], **message["params"]["arguments"]}
    return {"content": [{"type": "text", "text": "posted"}], "structuredContent": posted}


for line in sys.stdin:
    asked = json.loads(line)
    if "id" in asked:
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": answer(asked)}) + "\n")
        sys.stdout.flush()
