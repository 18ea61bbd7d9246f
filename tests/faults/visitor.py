"""A browser without JavaScript, at a real server: it keeps cookies, follows redirects and sends forms as they came."""

import http.client
import re
from html import unescape
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from core.models import User
from core.serving import Address
from tests.faults.machines import PATIENCE
from tests.world import PASSWORD

HIDDEN = re.compile(r'<input type="hidden" name="(csrfmiddlewaretoken|assignment|key|next)" value="([^"]*)"')


class Visitor:
    """One person's browser; every call gives the status and the page."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> tuple[int, str]:
        return self._open(Request(f"{self.address}{path.removeprefix('/')}"))

    def send(self, path: str, page: str, **fields: str) -> tuple[int, str]:
        """Send the form of `page` with these fields filled in."""
        form = {name: unescape(value) for name, value in HIDDEN.findall(page)} | fields
        return self._open(Request(f"{self.address}{path.removeprefix('/')}", urlencode(form).encode()))

    def sign_in(self, person: User) -> tuple[int, str]:
        """By name and the cast's password; the page that comes then."""
        _, page = self.get("/sign-in/")
        return self.send("/sign-in/", page, username=person.username, password=PASSWORD)

    def _open(self, request: Request) -> tuple[int, str]:
        try:
            answer: http.client.HTTPResponse = self._opener.open(request, timeout=PATIENCE)
        except HTTPError as refused:
            return refused.code, refused.read().decode()
        return answer.status, answer.read().decode()
