"""What the tests of the pages do over and over: drop a file, accept the columns, decide, confirm."""

from django.test import Client
from django.urls import reverse

from cpts_portal.core.scoping import everything
from members.models import RegisterImport
from territories.models import Cpts
from tests.members.register_import.steps import csv, fresh, page, uploaded

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Status = RegisterImport.Status
HEADER = "Nom;Prénom;Profession;Mail;Téléphone;Adhérent depuis"
LUC = "Riou;Luc;MG;luc@demo.example;0296000001;12/03/2024"
EVA = "Tanguy;Eva;IDEL;eva@demo.example;0296000002;12/03/2024"
BAD = "Salaün;Anne;Grand Schtroumpf;anne(at)demo.example;;2024"


def sheet(*rows: str) -> bytes:
    return csv(*rows, header=HEADER)


def upload_url(cpts: Cpts) -> str:
    return reverse("members:spreadsheet-upload", args=[cpts.pk])


def dropped(client: Client, cpts: Cpts, content: bytes, name: str = "adherents.csv") -> RegisterImport:
    answer = client.post(upload_url(cpts), {"file": uploaded(content, name)})
    assert answer.status_code == 302, answer.context["form"].errors
    with everything("test"):
        return RegisterImport.objects.order_by("-pk").first()


def previewed(client: Client, cpts: Cpts, content: bytes, name: str = "adherents.csv") -> RegisterImport:
    """Dropped, with the columns that the page proposes."""
    imported = dropped(client, cpts, content, name)
    form = client.get(page("mapping", imported)).context["form"]
    answer = client.post(page("mapping", imported), {field: form[field].initial for field in form.fields})
    assert answer.status_code == 302, answer.context["form"].errors
    return fresh(imported)


def shown(client: Client, imported: RegisterImport, panel: str = ""):
    """The preview as the page shows it."""
    return client.get(page("detail", imported), {"volet": panel} if panel else {})


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def running(imported: RegisterImport, **fields) -> RegisterImport:
    with everything("test"):
        RegisterImport.objects.filter(pk=imported.pk).update(status=Status.RUNNING, **fields)
    return fresh(imported)
