"""Check that the migrations say all that the models say. Remedy: ``python scripts/check_migrations.py --write``."""

import os
import sys

import django
from django.core.management import call_command

os.environ["DJANGO_SETTINGS_MODULE"] = "fivefold.web.settings.test"

if __name__ == "__main__":
    django.setup()
    if "--write" in sys.argv:
        call_command("makemigrations", "records")
    else:
        call_command("makemigrations", "records", check=True, dry_run=True, verbosity=1)
