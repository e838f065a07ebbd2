"""A worker's settings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from temporalio.worker import PollerBehaviorAutoscaling

from tests.temporal.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.server]


async def test_polling_for_one_kind_of_workflow_task_leaves_slots_for_the_other(house: House):
    """A burst of events on hundreds of waiting runs stood still for a minute when it did not."""
    config = replace(house, queue=f"{house.queue}-more").worker().config()  # the SDK lets a queue have one worker only

    pollers = config["workflow_task_poller_behavior"]
    slots = config["max_concurrent_workflow_tasks"]
    assert isinstance(pollers, PollerBehaviorAutoscaling)
    assert slots is not None
    assert 2 * pollers.maximum <= slots
    assert pollers.minimum <= pollers.initial <= pollers.maximum
