"""What every call of the API has: who may call, JSON in and out, a limit on the body."""

from typing import Any, ClassVar, TypeVar

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from pydantic import BaseModel, ConfigDict, ValidationError
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from core.errors import Invalid
from core.told import listed
from core.wrong import places
from frontend import errors
from frontend.api.tokens import InScope, TokenAuthentication

# Up to here, in bytes, a body that a call does not read is read away.
UNREAD = 65_536


class Body(BaseModel):
    """A request's JSON; a field it does not know is an error, not a typing mistake that goes unnoticed."""

    model_config = ConfigDict(extra="forbid")


Shape = TypeVar("Shape", bound=Body)


class Json(BaseParser):
    """Strict JSON: no NaN, no half characters, no nesting without end."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return orjson.loads(stream.read() or b"{}")
        except orjson.JSONDecodeError as problem:
            raise ParseError(f"The body is no valid JSON: {problem}.") from None


class AlwaysJson(BaseContentNegotiation):
    """JSON, whatever the caller would rather have; and any parser of the call that fits the body."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        given = request.content_type.partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == given), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return JSONRenderer(), JSONRenderer.media_type


class Call(APIView):
    """One address of the API. ``scopes`` names, for each verb, what a token must be allowed."""

    scopes: ClassVar[dict[str, str]] = {}
    public: ClassVar[bool] = False
    max_bytes: ClassVar[int] = settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [InScope]
    content_negotiation_class = AlwaysJson
    parser_classes = [Json]
    metadata_class = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Before anything reads the body, the check of a session's CSRF token included.
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if length > self.max_bytes:
            return JsonResponse(errors.body(413, f"The body is longer than {self.max_bytes} bytes."), status=413)
        response = super().dispatch(request, *args, **kwargs)
        if length <= UNREAD:
            request.read()  # what the call did not ask for: left unread, it makes the web server close the connection
        return response


def read(request: Request, shape: type[Shape]) -> Shape:
    """The body as `shape`; `Invalid` names each field that is wrong."""
    try:
        return shape.model_validate(request.data)
    except ValidationError as problem:
        fields = places(problem, "body")
        raise Invalid(listed(fields, of=": "), fields) from None


def answer(shape: BaseModel, status: int = 200) -> HttpResponse:
    """A shape as JSON, without the detour over a serializer and a renderer."""
    return HttpResponse(shape.model_dump_json(by_alias=True), status=status, content_type="application/json")


def nothing() -> HttpResponse:
    """Done, and there is nothing to say about it."""
    return HttpResponse(status=204)
