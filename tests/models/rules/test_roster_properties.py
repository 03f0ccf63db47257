from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from models.rules.findings import HINTS, Column, Outcome, all_outcomes
from models.rules.roster import Odd, TypedRow, check_row, check_rows, mark_duplicates
from tests.builders import a_typed_row, resident_id
from tests.models.rules.plan_years import PLAN_2020

TODAY = date(2020, 4, 20)

KNOWN = [
    "",
    " ",
    "王豆豆",
    "身份证",
    "护照",
    "110101199003079091",
    "H801213602X",
    "1998-12-09",
    "男",
    "女",
    "是",
    "否",
    "13912345678",
]
CELLS = st.one_of(
    st.sampled_from(KNOWN),
    st.text(max_size=20),
    st.builds(Odd, st.sampled_from(["number", "date", "boolean", "error", "formula"]), st.text(max_size=12)),
)
ROWS = st.builds(TypedRow, st.integers(2, 9999), st.tuples(*[CELLS] * 7))

# People of whom several have the same number, with one mobile or another.
LIKELY = st.builds(
    lambda sequence, mobile, has_si: a_typed_row(id_no=resident_id(sequence=sequence), mobile=mobile, has_si=has_si),
    st.integers(0, 3),
    st.sampled_from(["", "13912345678", "nonsense"]),
    st.sampled_from(["是", "否"]),
)


@given(ROWS)
def test_every_row_ends_with_a_person_or_with_findings_and_never_with_both(typed):
    row = check_row(typed, PLAN_2020, TODAY, PLAN_2020.coverage_start)
    assert (row.person is None) == bool(row.findings)
    assert (row.outcome is Outcome.INVALID) == bool(row.findings)
    assert not HINTS & {finding.code for finding in row.findings}


@given(ROWS)
def test_a_column_gets_one_finding_at_most(typed):
    row = check_row(typed, PLAN_2020, TODAY, PLAN_2020.coverage_start)
    columns = [finding.column for finding in row.findings]
    assert len(columns) == len(set(columns))
    assert columns == sorted(columns, key=list(Column).index)


@given(st.lists(st.one_of(LIKELY, ROWS), max_size=12))
def test_of_one_number_at_most_one_row_stays_and_the_counts_add_up(typed_rows):
    numbered = [typed._replace(row=row) for row, typed in enumerate(typed_rows, start=2)]
    rows = list(check_rows(numbered, PLAN_2020, TODAY, PLAN_2020.coverage_start))
    mark_duplicates(rows)
    kept = [row.person.id_no for row in rows if row.person and row.outcome is None]
    assert len(kept) == len(set(kept))
    counts = all_outcomes(Counter(row.outcome or Outcome.ADDED for row in rows))
    assert sum(counts.values()) == len(typed_rows)
    assert counts[Outcome.ADDED] == len(kept)
    assert all(row.findings for row in rows if row.outcome is not None)
