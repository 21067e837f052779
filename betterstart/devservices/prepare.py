"""One Django process before the web starts, as the owner of the database: tables, static files, demo, logins."""

import os
import sys
from io import StringIO
from pathlib import Path


def main(logins_file: Path) -> None:
    """Bring the database up to date and load the demo partnership into an empty one; note its logins in a file."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "betterstart.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("compilemessages", stdout=StringIO())
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("demo", stdout=StringIO())
    logins = StringIO()
    call_command("demo", logins=True, stdout=logins)
    logins_file.write_text(logins.getvalue())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
