from models.rules.findings import Column, Finding, Outcome, all_outcomes


def test_all_seven_outcomes_are_named_in_their_order():
    counts = all_outcomes({Outcome.INVALID: 1, Outcome.ADDED: 2})
    assert list(counts) == list(Outcome)
    assert {outcome: rows for outcome, rows in counts.items() if rows} == {Outcome.ADDED: 2, Outcome.INVALID: 1}


def test_a_hint_refuses_nothing():
    assert Finding(2, Column.HAS_SI, "ROW-017").is_hint
    assert not Finding(2, Column.HAS_SI, "ROW-004").is_hint
