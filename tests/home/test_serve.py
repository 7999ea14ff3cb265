"""The development server: one line once it answers, nothing of Django's banner."""

import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

from django.conf import settings

from tests import migrated

PROGRAM = """
import django, sys
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("serve", sys.argv[1], use_reloader=False)
"""


def test_it_says_one_line_then_answers(tmp_path: Path):
    database = tmp_path / "portail.sqlite3"
    migrated.bring(database)  # when a copy is at hand; the program migrates otherwise
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    environment = {
        **os.environ,
        "DEBUG": "true",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "cpts_portal.settings",
        "DJANGO_RUNSERVER_HIDE_WARNING": "true",
        "PYTHONUNBUFFERED": "1",
    }
    server = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, address],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        lines = (line.strip() for line in iter(server.stdout.readline, ""))
        assert next(line for line in lines if line) == "Le portail répond."
        with urllib.request.urlopen(f"http://{address}/static/img/favicon.svg") as answer:
            assert answer.status == 200
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()
