"""What a proxy asks before it shows Flower: is somebody of the association's staff logged in? (docs/operations.md)"""

from __future__ import annotations

from flask import Blueprint, make_response
from flask.typing import ResponseReturnValue

from models.rules.permissions import scope
from web.access import open_to_all
from web.pages.dashboard import OF_STAFF
from web.sign_in import viewer_or_nobody

pages = Blueprint("staff_door", __name__)


@pages.get("/auth/staff")
@open_to_all
def ask() -> ResponseReturnValue:
    """204: let them in. 401: nobody is logged in. 403: somebody who has no business there. No page, no redirect: the
    proxy reads the status alone, so nobody needs a log-in to be told no.
    """
    who = viewer_or_nobody()
    if who is None:
        return make_response("", 401)
    return make_response("", 204 if scope(who.role, OF_STAFF) and not who.must_change_password else 403)
