import pytest

from models.rules.person import EmploymentStatus
from models.rules.suggestion import suggested_status

RETIRED, IN_SERVICE, UNKNOWN = EmploymentStatus.RETIRED, EmploymentStatus.IN_SERVICE, EmploymentStatus.UNKNOWN


@pytest.mark.parametrize(
    ("register", "had_si", "status"),
    [
        (RETIRED, True, RETIRED),
        (RETIRED, False, RETIRED),
        (IN_SERVICE, False, IN_SERVICE),
        (None, True, IN_SERVICE),
        (None, False, UNKNOWN),
    ],
)
def test_the_register_speaks_first_and_last_years_social_insurance_second(register, had_si, status):
    assert suggested_status(register, had_si) is status
