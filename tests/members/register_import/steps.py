"""What the tests of the spreadsheet importer do over and over."""

from collections.abc import Sequence
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cpts_portal.accounts.models import User
from cpts_portal.core.scoping import everything
from members.models import RegisterImport
from members.register_import import drafts, previews
from members.register_import.plan import Plan
from members.register_import.undated import columns_without_dates
from territories.models import Cpts
from tests import factories

HEADER = "Nom;Prénom;Profession;RPPS;Mail;Téléphone;Commune;CP;Adhérent depuis"


def csv(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode()


def prepared(
    cpts: Cpts, content: bytes, by: User, name: str = "adherents.csv", day: date | None = None, **columns: str
) -> RegisterImport:
    """Deposited, with the proposed columns kept (or those given: col_3="email"); `day`: of payments without one."""
    with everything("test"):
        made = drafts.deposit(cpts, content, name, by=by)
        table = previews.table_of(made)
        mapping = drafts.proposed_mapping(made, table)
        mapping.update({int(key.removeprefix("col_")): value for key, value in columns.items()})
        dates = dict.fromkeys(columns_without_dates(table, mapping), day) if day else {}
        drafts.save_mapping(made, table, mapping, dates)
        return fresh(made)


def fresh(imported: RegisterImport) -> RegisterImport:
    with everything("test"):
        return RegisterImport.objects.select_related("cpts").get(pk=imported.pk)


def plan_of(imported: RegisterImport) -> Plan:
    with everything("test"):
        return previews.build_plan(fresh(imported))[0]


def applied(imported: RegisterImport, by: User) -> RegisterImport:
    with everything("test"):
        return drafts.apply_now(imported.pk, by=by)


def reasons(plan: Plan) -> list[tuple[int, str]]:
    return [(found.line, found.kind) for found in plan.refusals]


def uploaded(content: bytes, name: str = "adherents.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def page(name: str, imported: RegisterImport, **more) -> str:
    return reverse(
        f"members:spreadsheet-{name}",
        kwargs={"cpts_id": imported.cpts_id, "pk": imported.pk, **more},
    )


def confirm(client: Client, imported: RegisterImport):
    seen = client.get(page("detail", imported)).context["seen"]
    return client.post(page("confirm", imported), {"seen": seen})


def communes(*rows: Sequence[str]) -> None:
    for code, name, postal in rows:
        factories.commune(code, name, postal_codes=postal)
