"""The INSEE's movements of communes: which code became which, and when."""

from datetime import date, datetime

from territories.commune_import import cells
from territories.commune_import.layouts import Header
from territories.commune_import.plan import Change, CommunePlan
from territories.commune_import.rows import Rows, Skip, content_rows, picker, read_cell
from territories.commune_import.state import CommuneNotes, Work
from territories.commune_import.successors import NOT_SUCCESSIONS, last_of_chain
from territories.models import Commune, CommuneMovement

KNOWN_KINDS = (10, 20, 21, 30, 31, 32, 33, 34, 41, 50, 70)
DATE_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y")


def read_date(text: str) -> tuple[date, str]:
    """« 2024-01-01 », or « 01/01/2019 » and « 01/01/19 » in old files; two digits from 43 on are the last century."""
    plain = cells.tidy(text)
    for form in DATE_FORMS:
        try:
            found = datetime.strptime(plain, form).date()  # noqa: DTZ007 (a date without time)
        except ValueError:
            continue
        if form == "%d/%m/%y" and not text.strip().endswith(str(found.year)) and found.year >= 2043:
            found = found.replace(year=found.year - 100)
        return found, ""
    raise cells.BadCell("une date s’écrit 2026-01-01 ou 01/01/2026")


def read_kind(text: str) -> tuple[int, str]:
    plain = cells.tidy(text)
    if not plain.isdigit() or int(plain) not in KNOWN_KINDS:
        raise cells.BadCell("type de mouvement inconnu : 10, 20, 21, 30 à 34, 41 ou 50 sont attendus")
    return int(plain), ""


def read_movements(header: Header, rows: Rows, plan: CommunePlan, notes: CommuneNotes, work: Work) -> None:
    """Movements from a commune to another code that the portal does not hold yet; the others are left out."""
    known = set(CommuneMovement.objects.order_by().values_list("kind", "effective_on", "before", "after"))
    pick = picker(header, ["MOD", "DATE_EFF", "TYPECOM_AV", "COM_AV", "TYPECOM_AP", "COM_AP"])
    for line, row in content_rows(rows, header.width, notes):
        plan.counts["rows"] += 1
        kind, day, kind_before, before, kind_after, after = pick(row)
        if kind_before.strip().upper() != "COM" or kind_after.strip().upper() != "COM":
            continue
        try:
            movement = (
                read_cell(notes, line, "MOD", kind, read_kind),
                read_cell(notes, line, "DATE_EFF", day, read_date),
                read_cell(notes, line, "COM_AV", before, cells.read_code),
                read_cell(notes, line, "COM_AP", after, cells.read_code),
            )
        except Skip:
            continue
        if movement[2] != movement[3] and movement not in known:
            known.add(movement)
            work.movements.append(movement)
            plan.changes.append(
                Change("created", movement[2], "", f"mouvement {movement[0]}", movement[2], movement[3])
            )
    plan.counts["movements_added"] = len(work.movements)


def link_orphans(plan: CommunePlan, work: Work) -> None:
    """Communes that vanished without a known successor are linked to it when a new movement names it."""
    orphans = list(
        Commune.objects.filter(kind="COM", ended_on__isnull=False, successor__isnull=True)
        .order_by("code")
        .values_list("pk", "code", "name")
    )
    if not orphans:
        return
    following = {
        before: after
        for kind, _, before, after in sorted(work.movements, key=lambda row: row[1])
        if kind not in NOT_SUCCESSIONS
    }
    current = dict(Commune.objects.current().order_by().values_list("code", "pk"))
    for pk, code, name in orphans:
        successor = last_of_chain(code, following, current.__contains__)
        if successor is not None:
            work.late_successors.append((pk, current[successor]))
            work.changes.append((pk, "successor", "", successor))
            plan.changes.append(Change("changed", code, name, "devenue", "", successor))
            plan.counts["changed"] += 1
