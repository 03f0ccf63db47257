"""The JSON interface as part of the application: `/api/v1`, for programs that bring a token with every request."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import NotFound
from werkzeug.routing import RequestRedirect

from web.api import (
    account,
    batches,
    certificate,
    checks,
    clock,
    code_applications,
    docs,
    imports,
    jobs,
    notices,
    people,
    people_search,
    person_corrections,
    plan_years,
    premium,
    problems,
    receipts,
    reinstating,
    suggested,
    vouchers,
)
from web.api.document import SERVER
from web.sign_in import API

FAMILIES = (
    account.family,
    plan_years.family,
    code_applications.family,
    batches.family,
    people.family,
    people_search.family,
    person_corrections.family,
    suggested.family,
    checks.family,
    imports.family,
    premium.family,
    certificate.family,
    reinstating.family,
    vouchers.family,
    receipts.family,
    jobs.family,
    notices.family,
    clock.family,
)


def set_up(app: Flask, csrf: CSRFProtect) -> None:
    """Register every call, the OpenAPI document and its page. No cookie counts here, so no form's token does either."""
    api = Blueprint("api", __name__, url_prefix=SERVER)
    for family in FAMILIES:
        family.add_to(api)
    docs.set_up(api, FAMILIES)
    problems.set_up(api, [call for family in FAMILIES for call in family.calls])
    csrf.exempt(api)
    app.register_blueprint(api)

    @app.before_request
    def no_other_address() -> Response | None:
        """A doubled slash is another address, not one to be sent on from: programs follow no redirect with a body."""
        if request.path.startswith(API) and isinstance(request.routing_exception, RequestRedirect):
            return problems.http_problem(NotFound())
        return None
