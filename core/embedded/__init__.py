"""The servers that come along, PostgreSQL and a Redis-protocol server under DRAGOMAN_HOME."""

from core.embedded.addresses import client_url, database_url, redis_url
from core.embedded.hold import running, running_as_configured
from core.embedded.postgres import start_postgres, stop_postgres
from core.embedded.valkey import start_redis, stop_redis

__all__ = [
    "client_url",
    "database_url",
    "redis_url",
    "running",
    "running_as_configured",
    "start_postgres",
    "start_redis",
    "stop_postgres",
    "stop_redis",
]
