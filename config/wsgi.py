"""The WSGI door that granian opens."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# granian's threads retire when idle and leave their connections open: they share a pool instead (see config/settings.py).
os.environ.setdefault("DRAGOMAN_DB_POOL", "16")
application = get_wsgi_application()

# What is loaded stays: the collector need not look at it again and again, nor start over after every few hundred rows read.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 50)
