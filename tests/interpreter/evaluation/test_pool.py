from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from interpreter.evaluation.frame import run_head
from interpreter.evaluation.pool import NoChild, Pool
from interpreter.evaluation.process import Died
from interpreter.evaluation.settings import Settings

HEAD = run_head((), ("1 + 1",))
ENDS = run_head((), ("[]|.[200000000]=1",))
BODY = b"[0,null]"


@pytest.fixture
def make():
    pools = []

    def made(**settings):
        pools.append(Pool(Settings(**settings)))
        return pools[-1]

    yield made
    for pool in pools:
        pool.close()


def pid(lease):
    return lease._child.pid


def waiting(pool, number):
    """Returns when that many callers wait."""
    while len(pool._waiters) < number:
        threading.Event().wait(0.001)


def test_the_child_used_last_is_taken_first(make):
    pool = make()
    with pool.lease(1, quick=True) as one, pool.lease(1, quick=True) as two:
        assert pid(one) != pid(two)
        last = pid(one)  # contexts end inside out

    with pool.lease(1, quick=True) as again:
        assert pid(again) == last


def test_children_are_started_only_when_needed(make):
    pool = make()
    seen = set()
    for _ in range(5):
        with pool.lease(1, quick=True) as lease:
            seen.add(pid(lease))

    assert len(seen) == 1


def test_when_every_place_is_taken_the_wait_ends_in_no_child(make):
    pool = make(children=1, reserved=0)
    with pool.lease(1, quick=True), pytest.raises(NoChild), pool.lease(0.02, quick=True):
        pass
    with pool.lease(0, quick=True) as lease:
        assert lease.ask(HEAD, BODY, 10, 10).text == "[2]"


def test_some_places_are_kept_for_quick_programs(make):
    pool = make(children=3, reserved=2)
    with pool.lease(1, quick=False):
        with pytest.raises(NoChild), pool.lease(0.02, quick=False):
            pass
        with pool.lease(0.02, quick=True), pool.lease(0.02, quick=True), pytest.raises(NoChild), pool.lease(0.02, quick=True):
            pass


def test_who_waits_longest_is_served_first(make):
    pool = make(children=1, reserved=0)
    served = []

    def wait(number):
        with pool.lease(60, quick=True):
            served.append(number)

    with ThreadPoolExecutor(8) as threads, pool.lease(1, quick=True):
        for number in range(8):
            threads.submit(wait, number)
            waiting(pool, number + 1)

    assert served == list(range(8))


def test_a_quick_one_does_not_wait_behind_a_slow_one(make):
    pool = make(children=2, reserved=1)
    served = threading.Event()

    def slow():
        with pool.lease(60, quick=False):
            served.set()

    with ThreadPoolExecutor(1) as threads:
        with pool.lease(1, quick=False):
            threads.submit(slow)
            waiting(pool, 1)
            with pool.lease(1, quick=True) as lease:
                assert lease.ask(HEAD, BODY, 10, 10).text == "[2]"
            assert not served.is_set()
        assert served.wait(30)


def test_a_child_that_did_not_answer_is_not_used_again(make):
    pool = make()
    with pool.lease(1, quick=True) as lease:
        first = pid(lease)

    with pytest.raises(Died), pool.lease(1, quick=True) as lease:
        lease.ask(ENDS, BODY, 10, 10)

    with pool.lease(1, quick=True) as lease:
        assert pid(lease) != first
        assert lease.ask(HEAD, BODY, 10, 10).text == "[2]"


def test_a_child_whose_caller_was_interrupted_is_not_used_again(make):
    pool = make()
    with pool.lease(1, quick=True) as lease:
        first = lease._child
        lease.ask(HEAD, BODY, 10, 10)

    def interrupted(*_):
        raise KeyboardInterrupt

    original, first._read = first._read, interrupted
    with pytest.raises(KeyboardInterrupt), pool.lease(1, quick=True) as lease:
        lease.ask(HEAD, BODY, 10, 10)
    first._read = original

    with pool.lease(1, quick=True) as lease:
        assert lease._child is not first


def test_a_child_that_died_while_idle_is_replaced_and_asked_once_more(make):
    pool = make()
    with pool.lease(1, quick=True) as lease:
        lease.ask(HEAD, BODY, 10, 10)
        child = lease._child
    os.kill(child.pid, signal.SIGKILL)
    child._process.wait()

    with pool.lease(1, quick=True) as lease:
        assert lease.ask(HEAD, BODY, 10, 10).text == "[2]"
        assert pid(lease) != child.pid


def test_children_idle_for_long_are_closed_except_the_warm_ones(make):
    pool = make(idle=0, warm=1)
    with pool.lease(1, quick=True) as one, pool.lease(1, quick=True) as two, pool.lease(1, quick=True) as three:
        children = [lease._child for lease in (one, two, three)]

    assert len(pool._idle) == 1
    assert sum(child._process.wait(30) == -signal.SIGKILL for child in children if child is not pool._idle[0][1]) == 2


def test_closing_ends_idle_children_now_and_busy_ones_when_they_come_back(make):
    pool = make()
    with pool.lease(1, quick=True) as busy:
        with pool.lease(1, quick=True) as idle:
            children = [busy._child, idle._child]
        pool.close()
        assert children[1]._process.returncode == -signal.SIGKILL
        assert busy.ask(HEAD, BODY, 10, 10).text == "[2]"

    assert children[0]._process.wait(30) == -signal.SIGKILL
    assert pool._idle == []


def test_a_system_that_starts_no_process_is_told_and_costs_no_place(make, monkeypatch):
    pool = make(children=1, reserved=0)
    with monkeypatch.context() as patched:
        patched.setattr("interpreter.evaluation.pool.Child", failing)
        with pytest.raises(OSError, match="no more processes"), pool.lease(0, quick=True):
            pass

    with pool.lease(0, quick=True) as lease:
        assert lease.ask(HEAD, BODY, 10, 10).text == "[2]"


def failing(_memory):
    raise OSError("no more processes")
