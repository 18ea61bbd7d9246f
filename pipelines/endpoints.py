"""The way to an endpoint by its name, with its key opened: for the job that is about to ask it, and nobody else."""

from django.views.decorators.debug import sensitive_variables

from core.errors import Conflict, Missing
from core.sealing import Unsealable, unseal
from core.told import told
from pipelines.models import Endpoint
from pipelines.outbound import Access, Limits, endpoint_hosts, environment
from pipelines.providers import Provider


def resolve(name: str = "") -> Access:
    """The access to the endpoint of that name, or without one to that of the environment.

    `Missing` when there is no such endpoint, `Conflict` when it is retired or its key cannot be opened.
    """
    if not name:
        return environment()
    endpoint = Endpoint.objects.filter(name=name).first()
    if endpoint is None:
        raise Missing(told("There is no endpoint {name}.", name=name))
    return access_to(endpoint)


def access_to(endpoint: Endpoint) -> Access:
    """The access to an endpoint that is active."""
    if endpoint.status != Endpoint.Status.ACTIVE:
        raise Conflict(told("The endpoint {name} is retired.", name=endpoint.name))
    limits = Limits(endpoint.requests_per_minute, endpoint.tokens_per_minute, endpoint.concurrency)
    return Access(endpoint.name, endpoint.base_url, opened_key(endpoint), endpoint_hosts(), limits)


@sensitive_variables()
def opened_key(endpoint: Endpoint) -> str:
    """The key of an endpoint, for its own origin; empty when it has none."""
    if not endpoint.sealed_key:
        return ""
    try:
        return unseal(endpoint.sealed_key, use=endpoint.key_use)
    except Unsealable:
        raise Conflict(
            told(
                "The key of the endpoint {name} cannot be opened: DRAGOMAN_SECRET_KEY has changed and the former "
                "one is not in DRAGOMAN_SECRET_KEY_FALLBACKS, or the row was changed by hand. Give the key anew.",
                name=endpoint.name,
            )
        ) from None


def reaching(provider: Provider) -> Provider:
    """The provider with access to its endpoint, if it needs any: what a run asks. Raises what `resolve` raises."""
    return provider if provider.reaches is None else provider.with_access(resolve(provider.reaches))
