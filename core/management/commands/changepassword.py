"""Django's changepassword, which also works while no server runs."""

from typing import Any

from django.contrib.auth.management.commands import changepassword

from core.management.base import embedded_servers


class Command(changepassword.Command):
    def execute(self, *args: Any, **options: Any) -> Any:
        with embedded_servers():
            return super().execute(*args, **options)
