"""What counterparts that are processes of their own want to be shown."""

from __future__ import annotations

from tests.canaries import token

MCP, A2A, GRPC, VAULT = token("mcp"), token("a2a"), token("grpc"), token("vault")
KEPT = token("kept-by-vault")
"""What whoever has Vault's token finds there."""
