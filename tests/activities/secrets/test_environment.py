from __future__ import annotations

import asyncio

import pytest

from activities.secrets.environment import Environment, variable


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("token", "SWTEMPORAL_SECRET_TOKEN"),
        ("myApi.key-2", "SWTEMPORAL_SECRET_MYAPI_KEY_2"),
        ("clé", "SWTEMPORAL_SECRET_CL_"),
    ],
)
def test_a_secrets_name_gives_its_variable(name, expected):
    assert variable(name) == expected


def test_no_other_variable_is_read():
    assert asyncio.run(Environment({"S": "1", "SWTEMPORAL_S": "2"}).find("s")) is None
