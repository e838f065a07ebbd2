"""What is said of what waits in vain."""

from __future__ import annotations

import pytest

from cli.unserved import doubt


@pytest.mark.parametrize("type", ["call.http", "workflow.attach", "lifecycle.publish"])
def test_what_this_product_does_is_done_by_its_worker(type: str) -> None:
    assert doubt("ask", type, "q") == (
        f"'ask' ({type}) waits for a worker: nobody polls the queue 'q'; start one with 'swtemporal worker --task-queue q'"
    )


def test_what_others_do_is_done_by_theirs() -> None:
    assert doubt("pay", "Charge", "q").endswith("start the worker that has the activity 'Charge'")
