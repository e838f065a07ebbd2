"""Those whom the samples of `call: grpc`, `call: mcp` and `call: a2a` talk to: a greeter, a server with two tools, an agent.

By hand: `python samples/peers.py` serves gRPC at port 50051 (it needs the extra `grpc`), MCP at http://localhost:8089/mcp and A2A at
http://localhost:8089/a2a, with the agent's card at http://localhost:8089/.well-known/agent-card.json. Nothing is kept.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

GRPC_PORT, HTTP_PORT = 50051, 8089
PROTO = Path(__file__).with_name("greet.proto")
CELSIUS = {"lisbon": 24, "oslo": 9, "vienna": 17}


def greeter(port: int) -> tuple[Any, int]:
    """The gRPC server, started, and its port (0: any free one)."""
    import grpc  # noqa: PLC0415 - an extra
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # noqa: PLC0415

    pool = descriptor_pool.DescriptorPool()
    with TemporaryDirectory() as folder:
        compiled = Path(folder, "compiled")
        command = [
            sys.executable,
            "-m",
            "grpc_tools.protoc",
            f"--proto_path={PROTO.parent}",
            f"--descriptor_set_out={compiled}",
            PROTO.name,
        ]
        subprocess.run(command, check=True)
        for file in descriptor_pb2.FileDescriptorSet.FromString(compiled.read_bytes()).file:
            pool.Add(file)
    kinds = {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"greet.{name}"))
        for name in ("Person", "Greeting", "Start", "Step")
    }

    def greet(person: Any, _: Any) -> Any:
        return kinds["Greeting"](text=f"Hello, {person.full_name}!", letters=len(person.full_name))

    def count_down(start: Any, _: Any) -> Iterator[Any]:
        for left in range(getattr(start, "from"), -1, -1):
            yield kinds["Step"](left=left)

    read, write = (lambda kind: kinds[kind].FromString), (lambda message: message.SerializeToString())
    methods = {
        "Greet": grpc.unary_unary_rpc_method_handler(greet, read("Person"), write),
        "CountDown": grpc.unary_stream_rpc_method_handler(count_down, read("Start"), write),
    }
    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("greet.Greeter", methods),))
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server, bound


def mcp(message: Any) -> Any:
    """What the MCP server answers to a message; None for what wants no answer."""
    match message:
        case {"method": "initialize"}:
            server = {"name": "weather", "version": "1"}
            return {"protocolVersion": message["params"]["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": server}
        case {"method": "tools/list"}:
            schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
            return {"tools": [{"name": "temperature", "description": "How warm it is in a city, in Celsius", "inputSchema": schema}]}
        case {"method": "tools/call", "params": {"name": "temperature", "arguments": {"city": city}}} if city in CELSIUS:
            found = {"city": city, "celsius": CELSIUS[city]}
            return {"content": [{"type": "text", "text": json.dumps(found)}], "structuredContent": found}
        case {"method": "tools/call"}:
            return {"content": [{"type": "text", "text": "nobody has measured there"}], "isError": True}
    return None


def a2a(message: Any) -> Any:
    """What the agent answers: it says what was said to it, louder."""
    said = " ".join(part["text"] for part in message["params"]["message"]["parts"])
    reply = {"messageId": message["params"]["message"]["messageId"], "role": "ROLE_AGENT", "parts": [{"text": said.upper()}]}
    return {"message": reply}


class Desk(BaseHTTPRequestHandler):
    """Takes one request after the other to the MCP server or to the agent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The agent's card."""
        interface = {"url": "/a2a", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
        self._send(200, {"name": "shouter", "version": "1", "supportedInterfaces": [interface]})

    def do_POST(self) -> None:
        """One message of JSON-RPC."""
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        result = (mcp if self.path == "/mcp" else a2a)(message)
        if "id" not in message:
            self._send(202, None)
        elif result is None:
            self._send(200, {"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32601, "message": f"no method {message['method']}"}})
        else:
            self._send(200, {"jsonrpc": "2.0", "id": message["id"], "result": result})

    def log_message(self, *_: Any) -> None:
        """Leave stderr to the command that is shown."""

    def _send(self, status: int, content: Any) -> None:
        data = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def serving(http_port: int = 0, grpc_port: int = 0) -> Iterator[tuple[int, int]]:
    """All of them, in threads of their own; gives the ports, that of HTTP first."""
    server, bound = greeter(grpc_port)
    with ThreadingHTTPServer(("127.0.0.1", http_port), Desk) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield http.server_port, bound
        finally:
            http.shutdown()
            thread.join()
            server.stop(None).wait()


def main() -> None:
    """Serve until interrupted."""
    with serving(HTTP_PORT, GRPC_PORT) as (http, grpc):
        print(f"MCP http://localhost:{http}/mcp · A2A http://localhost:{http}/a2a · gRPC localhost:{grpc}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
