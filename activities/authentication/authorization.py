"""What a policy has led to."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from activities.http.digest import Digest
from interpreter.faults import fault
from interpreter.values import Json


@dataclass(frozen=True, slots=True)
class Authorization:
    """A scheme and its parameter, as `$authorization` describes them: what stands in an `Authorization` header.

    Where `digest` is set the parameter is empty: each request has one of its own, which answers the peer's challenge. `activities.http.client` does.
    """

    scheme: str
    parameter: str = field(repr=False)
    digest: Digest | None = None
    lease: Hashable = field(default=None, compare=False, repr=False)
    """Under which key the worker keeps the token, where it was not obtained just now; see `activities.authentication.tokens`."""

    @property
    def header(self) -> str:
        """The value of the header; a `configuration` fault for digest, which only HTTP can answer."""
        if self.digest is not None:
            raise fault("configuration", "digest authentication answers a challenge of HTTP; this call has none")
        return f"{self.scheme} {self.parameter}"

    def as_json(self) -> dict[str, Json]:
        """The value of `$authorization`."""
        return {"scheme": self.scheme, "parameter": self.parameter}
