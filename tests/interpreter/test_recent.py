"""What is kept of the values used last."""

from __future__ import annotations

from interpreter.recent import Recent


def test_the_least_used_leave_first_when_all_together_weigh_too_much():
    recent: Recent[str] = Recent(10)
    for key in "abc":
        recent.put(key, key.upper(), 4)
        assert recent.get("a") or key == "c"

    assert [recent.get(key) for key in "abc"] == ["A", None, "C"]


def test_the_last_value_is_kept_whatever_it_weighs():
    recent: Recent[str] = Recent(10)
    recent.put("small", "s", 1)
    recent.put("large", "l", 1000)

    assert (recent.get("small"), recent.get("large")) == (None, "l")
    recent.put("other", "o", 10)
    assert (recent.get("large"), recent.get("other")) == (None, "o")


def test_a_value_that_is_known_stays_and_weighs_once():
    recent: Recent[str] = Recent(10)
    for value in ("first", "second"):
        recent.put("a", value, 6)
    recent.put("b", "b", 4)

    assert (recent.get("a"), recent.get("b")) == ("first", "b")
