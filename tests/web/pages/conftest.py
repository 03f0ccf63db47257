"""What several of the pages' tests begin with."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.conftest import use_environment
from tests.web.checks import ids_by_name, over_age_rows
from tests.web.conftest import Browser, imported
from tests.web.figures import TOKEN
from tests.web.forms import people_ids
from tests.workbooks import WANG_DOU, WANG_DOUDOU


@pytest.fixture
def two(li: Browser, batch_no: str) -> tuple[int, int]:
    """王豆豆 (身份证, 在职) and 王豆 (护照, “-”) on the roster of 李小满's batch; their ids."""
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    doudou, dou = people_ids()
    return doudou, dou


@pytest.fixture
def old(li: Browser, batch_no: str) -> dict[str, int]:
    """王豆豆, and 老甲 and 老乙 who are over age and in service; their ids by name."""
    imported(li, batch_no, [WANG_DOUDOU, *over_age_rows()])
    return ids_by_name()


@pytest.fixture
def metrics(app: object, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A client of a service that tells its figures."""
    use_environment(monkeypatch, CANBAO_METRICS_TOKEN=TOKEN)
    return client
