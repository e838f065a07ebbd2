"""How calls prove who makes them."""

from __future__ import annotations

from activities.authentication.authorization import Authorization

__all__ = ["Authorization"]
