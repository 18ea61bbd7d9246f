"""The servers that come along: a PostgreSQL and a Redis-protocol server under DRAGOMAN_HOME, for a machine that has none."""

from core.embedded.addresses import client_url, database_url, redis_url
from core.embedded.hold import running
from core.embedded.postgres import start_postgres, stop_postgres
from core.embedded.valkey import start_redis, stop_redis

__all__ = [
    "client_url",
    "database_url",
    "redis_url",
    "running",
    "start_postgres",
    "start_redis",
    "stop_postgres",
    "stop_redis",
]
