"""The hasty worker with its protection off: it never looks whether the endpoint has a batch already."""

from tests.faults import hasty

hasty.minding._Visit._found = lambda self: None
app = hasty.app
