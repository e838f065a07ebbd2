"""An MCP server of the standard library: what it answers to a message, by HTTP in a test's counterpart and, run as a program, by stdio."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

TOOLS = [{"name": "add", "inputSchema": {"type": "object"}, "x-kept": 1}]
PROMPT = {"messages": [{"role": "user", "content": {"type": "text", "text": "Greet Ada"}}]}
RESULTS = {
    "tools/list": {"tools": TOOLS, "nextCursor": "2"},
    "prompts/list": {"prompts": [{"name": "greet"}]},
    "prompts/get": PROMPT,
    "resources/list": {"resources": [{"uri": "memo://1", "name": "one"}]},
    "resources/read": {"contents": [{"uri": "memo://1", "text": "first"}]},
    "resources/templates/list": {"resourceTemplates": [{"uriTemplate": "memo://{id}", "name": "any"}]},
}


class Server:
    """Insists on being initialized; `received` are the messages that came."""

    def __init__(self, version=None):
        self.received = []
        self._version = version
        self._ready = False

    def answers(self, message):
        """What it sends because of a message, in order."""
        self.received.append(message)
        match message.get("method"):
            case "initialize":
                version = self._version or message["params"]["protocolVersion"]
                return [
                    self._result(message, {"protocolVersion": version, "capabilities": {}, "serverInfo": {"name": "stub", "version": "1"}})
                ]
            case "notifications/initialized":
                self._ready = True
                return []
            case None | "notifications/cancelled":
                return []
        if not self._ready:
            return [self._error(message, -32600, "not initialized")]
        if message["method"] == "tools/call":
            return self._called(message, **message["params"])
        return [self._result(message, RESULTS[message["method"]])]

    def _called(self, message, name, arguments=None, _meta=None):
        match name:
            case "add":
                total = arguments["a"] + arguments["b"]
                return [self._result(message, {"content": [{"type": "text", "text": str(total)}], "structuredContent": {"sum": total}})]
            case "fail":
                content = [{"type": "text", "text": f"it broke: {(arguments or {}).get('why', 'somehow')}"}]
                return [self._result(message, {"content": content, "isError": True})]
            case "chatty":
                return [
                    {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "working"}},
                    {"jsonrpc": "2.0", "id": message["id"], "method": "ping"},
                    {"jsonrpc": "2.0", "id": "roots", "method": "roots/list"},
                    self._result(message, {"content": []}),
                ]
            case "environment":
                return [
                    self._result(
                        message, {"content": [], "structuredContent": {**os.environ, "cwd": str(Path.cwd()), "arguments": sys.argv[1:]}}
                    )
                ]
        return [self._error(message, -32602, f"Unknown tool: {name}", {"name": name})]

    def _result(self, message, result):
        return {"jsonrpc": "2.0", "id": message["id"], "result": result}

    def _error(self, message, code, text, data=None):
        error = {"code": code, "message": text} if data is None else {"code": code, "message": text, "data": data}
        return {"jsonrpc": "2.0", "id": message["id"], "error": error}


def main():
    server = Server()
    mode = sys.argv[1] if len(sys.argv) > 1 else ""
    if mode == "die":
        sys.stderr.write(f"cannot start: {os.environ.get('TOKEN', 'no token')}\n")
        sys.exit(3)
    sys.stdout.write("stub 1.0 is here\n[]\n")
    for line in sys.stdin:
        message = json.loads(line)
        if message.get("method") == "tools/call":
            name = message["params"]["name"]
            if name == "hang":
                Path(message["params"]["arguments"]["file"]).write_text(str(os.getpid()))
                time.sleep(60)
            if name == "flood":
                while True:
                    sys.stdout.write("x" * 100_000 + "\n")
        for answer in server.answers(message):
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
