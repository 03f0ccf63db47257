"""A batch that has expired: its page says when and why, and that the system did it; its clerk has a notice."""

from __future__ import annotations

from tests.builders import a_person
from tests.expired import expired
from tests.imports import another_batch
from tests.records import BatchOf, people_on
from tests.stages import awaiting_payment
from tests.web.api.conftest import viewer_of
from tests.web.conftest import MORNING, Browser, Town, text_of


def an_unpaid_batch(town: Town) -> BatchOf:
    batch = another_batch(viewer_of(town.li), "0088E1", now=MORNING)
    people_on(batch, [a_person()])
    return awaiting_payment(batch)


def test_its_page_tells_when_and_why_and_that_nobody_but_the_system_did_it(li: Browser, town: Town) -> None:
    batch = expired(an_unpaid_batch(town))
    page = text_of(li.get(f"/batches/{batch.batch_no}"))
    assert "失效 2020-04-20 09:00，逾期未缴费" in page
    assert "逾期未缴费 已失效 原因：逾期未缴费 系统" in page


def test_its_clerk_has_a_notice(li: Browser, town: Town) -> None:
    batch = expired(an_unpaid_batch(town))
    assert f"批次{batch.batch_no}因逾期未缴费已失效，参保人员占用已解除。" in text_of(li.get("/notices"))
