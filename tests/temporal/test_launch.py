from __future__ import annotations

import socket

from interpreter.temporal.launch import HOST, UI_OFFSET, ports


def test_a_port_that_is_named_is_kept_although_the_one_of_its_ui_is_taken() -> None:
    with socket.create_server((HOST, 0)) as taken:
        beside = taken.getsockname()[1]

        port, ui_port, metrics_port = ports(beside - UI_OFFSET)

    assert port == beside - UI_OFFSET
    assert len({port, ui_port, metrics_port, beside}) == 4


def test_where_both_are_free_the_ui_is_beside() -> None:
    with socket.create_server((HOST, 0)) as once:
        wished = once.getsockname()[1] - UI_OFFSET

    assert ports(wished)[:2] == (wished, wished + UI_OFFSET)


def test_a_port_that_is_taken_gives_way_to_a_free_one() -> None:
    with socket.create_server((HOST, 0)) as taken:
        wished = taken.getsockname()[1]

        assert wished not in ports(wished)


def test_a_port_may_have_none_beside_it() -> None:
    assert ports(65_000)[1] != 65_000 + UI_OFFSET
