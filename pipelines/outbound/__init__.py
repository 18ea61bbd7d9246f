"""The one way out: every address somebody gives us is read strictly, resolved once, checked, and connected to as checked."""

from pipelines.outbound.access import Access, Limits, environment
from pipelines.outbound.allowed import AllowList, endpoint_hosts, import_hosts
from pipelines.outbound.bounded import TooLarge, Unreadable, bounded
from pipelines.outbound.checking import Checked, checked
from pipelines.outbound.fetching import Fetched, fetch
from pipelines.outbound.pinned import client, opened
from pipelines.outbound.probing import Answer, probe
from pipelines.outbound.urls import Place, parsed

__all__ = [
    "Access", "AllowList", "Answer", "Checked", "Fetched", "Limits", "Place", "TooLarge", "Unreadable", "bounded", "checked",
    "client", "endpoint_hosts", "environment", "fetch", "import_hosts", "opened", "parsed", "probe",
]  # fmt: skip
