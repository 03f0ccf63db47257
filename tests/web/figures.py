"""The service's figures as Prometheus reads them."""

from __future__ import annotations

from flask.testing import FlaskClient

TOKEN = "a-token-of-prometheus"


def figures(client: FlaskClient) -> dict[str, float]:
    """What /metrics tells."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200, answer.status
    lines = (line.rpartition(" ") for line in answer.get_data(as_text=True).splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}
