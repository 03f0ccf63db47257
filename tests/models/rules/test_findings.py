from models.rules.findings import Column, Finding, Outcome, count_outcomes


def test_outcomes_are_counted_all_seven_in_their_order():
    counts = count_outcomes([Outcome.INVALID, Outcome.ADDED, Outcome.ADDED])
    assert list(counts) == list(Outcome)
    assert counts[Outcome.ADDED] == 2
    assert sum(counts.values()) == 3


def test_a_hint_refuses_nothing():
    assert Finding(2, Column.HAS_SI, "ROW-017").is_hint
    assert not Finding(2, Column.HAS_SI, "ROW-004").is_hint
