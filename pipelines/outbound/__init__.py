"""The one way out: every address somebody gives us is read strictly, resolved once, checked, and connected to as checked."""

from pipelines.outbound.access import OFFICIAL, Access, Limits, from_environment
from pipelines.outbound.allowed import AllowList, endpoint_hosts, import_hosts
from pipelines.outbound.bounded import TooLarge, Unreadable, bounded
from pipelines.outbound.checking import Checked, checked
from pipelines.outbound.client import client, opened
from pipelines.outbound.fetching import Fetched, fetch
from pipelines.outbound.probing import Answer, probe
from pipelines.outbound.urls import Place, parsed

__all__ = [
    "OFFICIAL", "Access", "AllowList", "Answer", "Checked", "Fetched", "Limits", "Place", "TooLarge", "Unreadable", "bounded", "checked",
    "client", "endpoint_hosts", "fetch", "from_environment", "import_hosts", "opened", "parsed", "probe",
]  # fmt: skip
