from __future__ import annotations

from interpreter.temporal.watchdog import Idleness, Plan, Use, use_of

METRICS = """\
# TYPE service_grpc_conn_active gauge
service_grpc_conn_active{service_name="frontend"} 3
service_grpc_conn_active{service_name="matching"} 9
service_requests{namespace="default",operation="PollWorkflowTaskQueue",service_name="frontend"} 50
service_requests{namespace="temporal_system",operation="StartWorkflowExecution",service_name="frontend"} 2
service_requests{namespace="default",operation="StartWorkflowExecution",service_name="frontend"} 4
service_requests{namespace="_unknown_",operation="GetSystemInfo",service_name="frontend"} 1e+01
service_requests{namespace="default",operation="RecordWorkflowTaskStarted",service_name="history"} 7
"""


def idle(*uses: Use | None) -> list[float]:
    idleness = Idleness(0)
    return [idleness.look(use, at) for at, use in enumerate(uses, start=1)]


def test_own_requests_and_polls_are_no_use() -> None:
    assert use_of(METRICS) == Use(connections=3, requests=14)


def test_no_new_request_and_no_connection_but_its_own_is_idleness() -> None:
    assert idle(*[Use(2, 5)] * 4) == [0, 1, 2, 3]


def test_a_request_is_use() -> None:
    assert idle(Use(2, 5), Use(2, 5), Use(2, 6), Use(2, 6))[2:] == [0, 1]


def test_a_connection_that_stays_open_is_use() -> None:
    assert idle(Use(2, 5), Use(2, 5), Use(3, 5), Use(3, 5), Use(2, 5))[2:] == [0, 0, 1]


def test_a_worker_that_was_there_from_the_start_is_use() -> None:
    assert idle(*[Use(3, 5)] * 4) == [0, 0, 0, 0]


def test_its_own_connections_may_come_late_and_be_renewed() -> None:
    assert idle(Use(0, 5), Use(2, 5), Use(2, 5), Use(1, 5), Use(2, 5), Use(2, 5))[-1] > 0


def test_what_is_not_known_is_use() -> None:
    assert idle(Use(2, 5), Use(2, 5), None, Use(2, 5))[2:] == [0, 1]


def test_a_server_in_memory_has_no_database() -> None:
    plan = Plan(binary="temporal", folder="/f", port=1, ui_port=2, metrics_port=3, database=None, idle=0, tied=True)

    assert "--db-filename" not in plan.command()
    assert plan.command()[:4] == ["temporal", "server", "start-dev", "--ip"]
