"""Headers of every answer: what a page may load and who may keep it."""

from __future__ import annotations

from flask import Response, request

from config.settings import settings

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",  # the kit's own small icons
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_ONE_YEAR_SECONDS = 365 * 24 * 3600


def protect(response: Response) -> Response:
    """Set the headers. Pages hold people's data and are kept nowhere; static files have a version in their address.

    Browsers heed the one about HTTPS only where it came that way.
    """
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if settings().https_only:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_ONE_YEAR_SECONDS}")
    if request.endpoint == "static":
        if "v" in request.args and response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={_ONE_YEAR_SECONDS}, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
        response.headers.add("Vary", "Cookie")
    return response
