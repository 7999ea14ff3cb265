"""`manage.py prepare`: what `make run` does before serving. Safe to repeat: it only adds what is missing."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpts_portal.accounts.models import User
from cpts_portal.accounts.roles import Role
from cpts_portal.core.pdf import pdf_problem
from cpts_portal.home import demo
from territories.models import Cpts
from territories.reference import load_reference

HOST = "127.0.0.1"
DEMO_VINTAGE = 2024  # the demonstration territories are composed on this map, then carried to the latest one


class Command(BaseCommand):
    help = "Prépare la base, la carte et les données de démonstration, puis dit comment se connecter."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--dry-run", action="store_true", help="vérifie le port et les bibliothèques, rien d’autre")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature fixed by Django)
        refuse_taken_port(options["port"])
        if problem := pdf_problem():
            self.stdout.write(self.style.WARNING(problem))
        if options["dry_run"]:
            self.stdout.write(f"Le port {options['port']} est libre.")
            return
        with self._step("Base de données"):
            call_command("migrate", verbosity=0)
        self._load_data()
        self._say_how_to_log_in(options["port"])

    def _load_data(self) -> None:
        """The demonstration comes once, in an empty portal: later runs never touch what people changed."""
        is_empty = not User.objects.exists() and not Cpts.directory.exists()
        if is_empty and settings.DEBUG:
            with self._step(f"Carte de France {DEMO_VINTAGE}"):
                load_reference(until=DEMO_VINTAGE)
            figures = StringIO()
            with self._step("Cinq CPTS de démonstration"):
                call_command("load_demo", stdout=figures)
            self.stdout.write(figures.getvalue(), ending="")
        with self._step("Carte la plus récente"):
            load_reference()

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        """One line: what is being done, then how long it took."""
        since = monotonic()
        self.stdout.write(f"{name}… ", ending="")
        self.stdout.flush()
        yield
        self.stdout.write(f"{monotonic() - since:.0f} s")

    def _say_how_to_log_in(self, port: int) -> None:
        people = {user.email: user for user in User.objects.filter(email__endswith=f"@{demo.DOMAIN}", is_active=True)}
        shown = [example for example in demo.USERS if example.login in demo.FIRST_LOGINS and example.email in people]
        line = "─" * 78
        self.stdout.write(f"\n{line}\n  Portail CPTS : {self.style.SUCCESS(f'http://{HOST}:{port}/')}\n{line}")
        for example in shown:
            self.stdout.write(f"  {example.email:<38} {' + '.join(as_words(example))}")
        if shown:
            self.stdout.write(f"{line}\n  Mot de passe de tous : {self.style.SUCCESS(demo.PASSWORD)}")
        else:
            self.stdout.write("  Premier compte : DEBUG=true .venv/bin/python manage.py createsuperuser")
        self.stdout.write(f"  Arrêter : Ctrl+C. Les données restent dans {settings.DATA_DIR}.\n{line}\n")


def as_words(example: demo.DemoUser) -> list[str]:
    names = {cpts.key: cpts.name for cpts in demo.CPTS}
    words = {Role.COORDINATOR: "Coordination", Role.BOARD: "Bureau", Role.OBSERVER: "Observation nationale"}
    return [
        " – ".join(filter(None, (words.get(role, ""), names.get(place, place)))) or Role.ADMINISTRATOR.label
        for role, place in example.accesses
    ]


def refuse_taken_port(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Le port {port} est déjà utilisé : arrêtez l’autre programme, ou choisissez un autre port, "
                f"par exemple « make run PORT={port + 10} »."
            ) from error
