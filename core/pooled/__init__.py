"""A database engine for Django's settings, ``ENGINE: "core.pooled"``: PostgreSQL behind a pool, see `core.pooled.base`."""
