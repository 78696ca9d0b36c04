"""What a WSGI server serves."""

import gc

from django.core.wsgi import get_wsgi_application

from fivefold.bootstrap import prepare_environment

prepare_environment()
application = get_wsgi_application()

from django.urls import reverse  # noqa: E402  # settings are there from here on

from fivefold.services import waiting_entries  # noqa: E402
from fivefold.services.knowledge import knowledge  # noqa: E402
from fivefold.web.ui.texts import keep_texts  # noqa: E402

# What every request needs is loaded before the first one comes, and left out of every later search for garbage: with the pages and their
# addresses left in, each such search took fifty milliseconds of a request.
knowledge()
reverse("home")
keep_texts()
waiting_entries.keep_room()
waiting_entries.take_in()
gc.collect()
gc.freeze()
