"""What a WSGI server serves."""

import gc

from django.core.wsgi import get_wsgi_application

from fivefold.bootstrap import prepare_environment

prepare_environment()
application = get_wsgi_application()

from fivefold.services.knowledge import knowledge  # noqa: E402  # settings are there from here on

# What every request needs is loaded before the first one comes, and left out of every later search for garbage.
knowledge()
gc.collect()
gc.freeze()
