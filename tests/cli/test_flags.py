from __future__ import annotations

import inspect

import pytest

from cli.exits import Stop
from cli.flags import Flags, connected, seconds


@pytest.mark.parametrize(
    ("text", "wanted"),
    [(None, None), ("0", 0), ("30", 30), ("1.5s", 1.5), ("5m", 300), ("2h", 7200), ("1d", 86400), ("PT5M", 300), ("P1D", 86400)],
)
def test_seconds(text: str | None, wanted: float | None) -> None:
    assert seconds(text, "--timeout") == wanted


@pytest.mark.parametrize("text", ["", "soon", "-1", "5 m", "PT", "1e3", "P1000000Y"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(Stop, match="--timeout takes a duration"):
        seconds(text, "--timeout")


def test_a_connected_command_gets_its_flags_as_one() -> None:
    got: list[tuple[str, Flags]] = []

    @connected
    def command(run: str, flags: Flags = Flags()) -> None:  # noqa: B008
        got.append((run, flags))

    command(run="a", **{name: None for name in inspect.signature(command).parameters if name != "run"} | {"address": "h:1"})

    assert "flags" not in inspect.signature(command).parameters
    assert got == [("a", Flags(address="h:1"))]
