"""What a WSGI server serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from fivefold.bootstrap import config

os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"fivefold.web.settings.{config().mode}")
application = get_wsgi_application()

from fivefold.services.knowledge import knowledge  # noqa: E402  # settings are there from here on

# What every request needs is loaded before the first one comes, and left out of every later search for garbage.
knowledge()
gc.collect()
gc.freeze()
