"""Tables to take along: the lines of a CSV file, sent as they come."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse


def csv_response(lines: Iterable[str], name: str) -> StreamingHttpResponse:
    """The lines as a download called `name`, in UTF-8."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
