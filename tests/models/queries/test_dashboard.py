"""What waits for staff."""

from __future__ import annotations

from models.queries.dashboard import special_channels, waiting_for_staff
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.exception import SpecialGrant
from models.rules.permissions import Role
from tests.records import a_batch_to_fill
from tests.vouchers import a_paying_unit, staff, submit


def test_a_submitted_voucher_waits_since_it_was_submitted(database: str) -> None:
    paying = a_paying_unit()
    with reading() as session:
        assert waiting_for_staff(session).vouchers == 0
    submit(paying)
    with reading() as session:
        waiting = waiting_for_staff(session)
    assert (waiting.vouchers, waiting.oldest_voucher) == (1, paying.now)


def test_a_special_channel_that_was_taken_away_is_none(database: str) -> None:
    batch = a_batch_to_fill()
    admin = staff(Role.ADMIN, batch.now)
    with writing() as session:
        grant = SpecialGrant(
            code_id=session.get_one(Batch, batch.batch_id).code_id,
            plan_year="2020",
            ratio_exempt=True,
            reason="-",
            granted_by=admin.account_id,
            granted_at=batch.now,
        )
        session.add(grant)
    with reading() as session:
        assert special_channels(session, "2020") == 1
    with writing() as session:
        session.query(SpecialGrant).update({"ratio_exempt": False})
    with reading() as session:
        assert special_channels(session, "2020") == 0
