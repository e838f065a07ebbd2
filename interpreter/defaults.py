"""Every constant with meaning, in one place."""

from __future__ import annotations

from dataclasses import dataclass, fields

from interpreter.values import Json

SEMANTICS = 1
"""The meaning of the language as this engine reads it; recorded in every run, raised only when a reading changes."""

ENVELOPE_VERSION = 1
STATE_VERSION = 1
PRODUCT = "swtemporal"

TASK_QUEUE = "swtemporal"

ITEM, INDEX, ERROR = "item", "index", "error"
"""Default names of loop item, loop index and caught error."""

METADATA = "swtemporal"
"""The member of `metadata` that holds this product's hints."""

CLIENT_CERTIFICATE = "clientCertificate"
"""The hint that names the secret with the certificate which a task shows to those it calls."""

LONGEST_RETRY_DELAY = 365 * 24 * 60 * 60 * 1000
"""Milliseconds past which the delay between two attempts grows no further."""

EXCHANGE_TIMEOUT = 30_000
"""Milliseconds one HTTP exchange may take, from connecting to the last byte of the answer."""

ASYNCAPI_PROTOCOLS = ("amqp", "http", "kafka", "mqtt", "mqtt5", "nats", "redis", "ws")
"""The protocols, as a document calls them, by which messages of an AsyncAPI document are sent and received."""

POLL_TIME = 60_000
"""Milliseconds that one poll of a subscription may wait for a first message."""

POLL_MESSAGES = 100
"""The most messages that one poll of a subscription brings."""

POLL_BYTES = 256_000
"""How much a poll brings before it takes no further message."""

RESPONSE_BYTES = 10_000_000
"""The largest body of an HTTP response that is read, decompressed."""

RESULT_BYTES = 1_750_000
"""The largest result an activity gives; Temporal's own limit is 2 MB."""

CHILD_COST = 10
"""Steps of what a child process evaluates: a jq program (each kB sent costs one more), a schema, a pattern."""

NESTING = 128
"""Tasks in each other at most, those of functions and extensions counted where they are run; a document alone has no more than 64."""

RESOURCE_BYTES = 256_000
"""The largest external resource whose content a run keeps; of a larger one it keeps the digest."""

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105  a name

GRANTS = {
    "client_credentials": (),
    "password": ("username", "password"),
    "refresh_token": ("subject",),
    TOKEN_EXCHANGE: ("subject",),
}
"""The OAuth 2 grants that need nobody to sign in, and the properties that each needs."""

CLIENT_AUTHENTICATIONS = {
    "client_secret_basic": ("id", "secret"),
    "client_secret_post": ("id",),
    "client_secret_jwt": ("id", "secret"),
    "private_key_jwt": ("id", "assertion"),
    "none": (),
}
"""How an OAuth 2 client may show who it is, and the properties of `client` that each way needs."""

SCRIPT_LANGUAGES = {"python": "python", "js": "javascript", "javascript": "javascript"}
"""What a document may call the language of a script, and what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits that decide outcomes; they travel in the envelope's `options.limits`, so that a replay meets the same ones."""

    steps: int = 20_000
    """Step budget of one pass: tasks + 10 per jq program + kB sent."""
    starts: int = 100
    """Effects started by one pass."""
    start_bytes: int = 1_000_000
    """Bytes of arguments started by one pass."""
    in_flight: int = 500
    """Effects running at once."""
    value_bytes: int = 1_000_000
    """A single value entering the state."""
    total_bytes: int = 1_750_000
    """Input, envelope and state together: the server counts them as one."""
    depth: int = 256
    """Nesting of data."""
    inbox_events: int = 1_000
    inbox_bytes: int = 256_000

    def as_json(self) -> dict[str, Json]:
        """Only what differs from the defaults of this version would be ambiguous later, so all of them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_json(cls, raw: Json) -> Limits:
        """Members not given take this version's defaults; unknown ones are refused (`TypeError`)."""
        return cls(**(raw or {}))
