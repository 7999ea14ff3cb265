"""`manage.py serve`: Django's development server, without its banner: `prepare` has just said the address."""

from typing import Any

from whitenoise.runserver_nostatic.management.commands.runserver import Command as Server


class Command(Server):
    help = "Sert le portail pendant le développement ; le code modifié est repris aussitôt."

    def inner_run(self, *args: Any, **options: Any) -> None:
        self.check()  # says what is wrong, and nothing else
        super().inner_run(*args, **{**options, "skip_checks": True})

    def on_bind(self, server_port: int) -> None:  # noqa: ARG002 (signature fixed by Django)
        self.stdout.write("Le portail répond.")
