"""What the tests of the import pages do over and over: upload, confirm, read what was said."""

from django.test import Client
from django.urls import reverse

from territories.models import CommuneImport
from tests.territories.commune_files import full_file, full_line, uploaded

Status = CommuneImport.Status
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
UPLOAD = "/territoires/imports/nouveau/"


def page(name: str, imported: CommuneImport) -> str:
    return reverse(f"territories:import-{name}", args=[imported.pk])


def upload(client: Client, content: bytes, name: str = "communes_2026.csv", **data):
    return client.post(UPLOAD, {"file": uploaded(content, name), **data})


def deposited(client: Client, content: bytes, name: str = "communes_2026.csv", **data) -> CommuneImport:
    """Upload a readable file and return what is kept of it."""
    answer = upload(client, content, name, **data)
    assert answer.status_code == 302, answer.context["form"].errors
    return CommuneImport.objects.order_by("pk").last()


def confirm(client: Client, imported: CommuneImport, **extra):
    seen = client.get(page("detail", imported)).context["seen_state"]
    return client.post(page("confirm", imported), {"seen_state": seen}, **extra)


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def applied(client: Client, content: bytes, name: str = "communes_2026.csv") -> CommuneImport:
    imported = deposited(client, content, name)
    confirm(client, imported)
    imported.refresh_from_db()
    assert imported.status == Status.APPLIED, imported.report
    return imported


TWO = full_file(full_line("22001", "Allineuc", 600), full_line("22002", "Andel", 1100))
RENAMED = full_file(full_line("22001", "Allineuc-le-Neuf", 600), full_line("22002", "Andel", 1150))
BAD = full_file(full_line("22001", "Allineuc", 600), full_line("22002", "Andel", "beaucoup"))


def running(**report) -> CommuneImport:
    return CommuneImport.objects.create(
        filename="x_2026.csv", sha256="2" * 64, vintage=2026, status=Status.RUNNING, report=report
    )
