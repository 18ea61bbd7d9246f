"""Time is the database's: leases and order never depend on a machine's own clock."""

from django.db.models import DateTimeField, Func


class DatabaseNow(Func):
    """``clock_timestamp()``: the moment itself, also inside a long transaction."""

    template = "clock_timestamp()"
    output_field = DateTimeField()
