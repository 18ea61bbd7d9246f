"""Programs that call the REST API for somebody of the cast."""

import json
from typing import Any

from django.test import Client

from core.models import ApiToken, User

SCOPES = [name for name, _ in ApiToken.SCOPES]


class Caller:
    """A program with somebody's token."""

    def __init__(self, user: User, *scopes: str) -> None:
        self.token, self.text = ApiToken.issue(user, name="robot", scopes=list(scopes or SCOPES))
        self.client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {self.text}"})

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/{path}")

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        sent = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(f"/api/{path}", sent, content_type="application/json", headers=headers)

    def upload(self, path: str, **form: Any) -> Any:
        return self.client.post(f"/api/{path}", form)


def error(response: Any, status: int) -> dict[str, Any]:
    """The error of a refused call; every one has the same shape."""
    assert response.status_code == status, response.content.decode()
    assert response.headers["Content-Type"].startswith("application/json")
    found = response.json()["error"]
    assert set(found) == {"code", "message", "fields"} and found["message"]
    return found
