"""The hasty worker with its protection off: it never looks whether the endpoint has a batch already."""

from pipelines import minding
from tests.faults.hasty import app

minding._Visit._found = lambda self: None

__all__ = ["app"]
