"""The errors a person may see: each says what is wrong and what to do, and each has one HTTP status."""


class DragomanError(Exception):
    """Something a person can understand and act upon; shown as its own text, never as a traceback."""

    status = 400


class Invalid(DragomanError):
    """The input cannot be accepted. ``errors`` maps a field's name to what is wrong with it."""

    status = 422

    def __init__(self, message: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.errors = errors or {}


class Refused(DragomanError):
    """This person may not do this; the text is the policy's reason."""

    status = 403


class Missing(DragomanError):
    """There is no such thing, or not for this person."""

    status = 404


class Conflict(DragomanError):
    """Somebody or something else moved first; look again and decide anew."""

    status = 409
