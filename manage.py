#!/usr/bin/env python
"""Dragoman's command line: every command here is an action that a page offers too."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        sys.exit(f"Dragoman is not configured: {problem}")


if __name__ == "__main__":
    main()
