"""The WSGI door that granian opens."""

import os

from django.core.wsgi import get_wsgi_application

from core import collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# granian's threads retire when idle and leave their connections open: they share a pool instead (see config/settings.py).
os.environ.setdefault("DRAGOMAN_DB_POOL", "16")
application = get_wsgi_application()
collector.settle()
