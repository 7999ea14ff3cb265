"""From the cells of a line to a person or a structure, or to the reasons why it cannot be read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from cpts_portal.core.sheets import BadCell, tidy
from cpts_portal.core.text import date_fr, fold
from members.models import Contact, CustomField, Payment, StructureKind
from members.register_import import cells as read
from members.register_import.association import (
    check_consents,
    check_decision,
    check_exemptions,
    check_offices,
    check_structure,
)
from members.register_import.columns import CUSTOM, HELLOASSO
from members.register_import.known import Known
from members.register_import.line_cells import LineCells
from members.register_import.reading import Table
from members.register_import.records import Notes, Paid, Record
from members.register_import.structures import KIND_NAMES, kind_named, structure_kind

Channel = Contact.Channel
_CANCELLED = ("annul", "rembours", "refus", "contest", "abandon", "echec")
_SECURE = "mssante"


class Checker(LineCells):
    """Reads lines with a mapping (column -> data). What cannot be read goes to `notes`."""

    def __init__(self, table: Table, mapping: Mapping[int, str], known: Known, notes: Notes, layout: str = "") -> None:
        super().__init__(table, mapping, known, notes)
        self.layout = layout
        self.custom = [(key.removeprefix(CUSTOM), places[0]) for key, places in self.columns.items() if CUSTOM in key]

    def check(self, line: int, cells: Sequence[str]) -> Record | None:
        """The record of a line; None when it is refused, or when it says nothing about anybody."""
        self.line, self.cells, self.bad = line, cells, False
        if self._is_left_out():
            return None
        record = Record(line)
        self._identity(record)
        record.contacts = self._contacts()
        self._place(record)
        self._membership(record)
        record.payments = self._payments(record)
        record.extra = self._extra(record)
        for check in (check_structure, check_decision, check_offices, check_consents, check_exemptions):
            check(self, record)
        return None if self.bad else record

    # --- Who ------------------------------------------------------------------------------------------------------
    def _is_left_out(self) -> bool:
        """Totals at the foot of the table, cancelled orders of HelloAsso."""
        first = next((cell for cell in self.cells if cell.strip()), "")
        if first.strip().lower().startswith(("total", "sous-total", "sous total")):
            self.notes.remark(self.line, "La ligne", "ligne de total, laissée de côté", first)
            return True
        status = fold(self.text("order_status")) if "order_status" in self.columns else ""
        if status.startswith(_CANCELLED):
            self.notes.remark(self.line, "La ligne", "commande annulée ou remboursée, laissée de côté", status)
            return True
        return False

    def _identity(self, record: Record) -> None:
        last = self.read("civil_last_name", read.read_name, "name", "")
        first = self.read("civil_first_name", lambda text: read.read_name(text, "le prénom"), "first_name", "")
        kind = self._structure_kind(first)
        if kind:
            record.kind, record.last_name = kind, self._structure_name()
            return
        if "full_name" in self.columns and not (last and first):
            last, first = self._full_name(last, first)
        if not last and not self.bad:
            self.refuse(
                "civil_last_name" if "civil_last_name" in self.columns else "full_name", "le nom manque", "name"
            )
        elif not first and not self.bad:
            key = "civil_first_name" if "civil_first_name" in self.columns else "full_name"
            self.refuse(key, "le prénom manque, et ce n’est pas le nom d’une structure reconnue", "first_name")
        record.last_name, record.first_name = last, first
        used = self.read("last_name", lambda text: read.read_name(text, "le nom d’exercice"), "name", "")
        record.used_name = "" if not used or fold(used) == fold(last) else used
        record.rpps = self.read("rpps", read.read_rpps, "rpps", "")
        self._profession(record)

    def _full_name(self, last: str, first: str) -> tuple[str, str]:
        def reader(text: str) -> tuple[tuple[str, str], str]:
            found_last, found_first, remark = read.read_full_name(text)
            return (found_last, found_first), remark

        found = self.read("full_name", reader, "name", ("", ""))
        return last or found[0], first or found[1]

    def _structure_kind(self, first: str) -> str:
        """Without first name: what the type, or the name itself, announces. With one, the type is that of her place."""
        full, told = self.text("full_name"), self.text("structure_kind")
        if first or (full and not told and not structure_kind(full)):
            return ""
        name = self._structure_name()
        if not name:
            return ""
        found = kind_named(told) or structure_kind(self.text("profession")) or structure_kind(name)
        if told and not kind_named(told):
            self.refuse("structure_kind", f"type de structure inconnu ; les types sont : {KIND_NAMES}", "kind")
        return found or (str(StructureKind.OTHER) if told else "")

    def _structure_name(self) -> str:
        name = self.text("civil_last_name") or self.text("full_name") or self.text("place")
        return (name if not name.islower() else name.capitalize())[:160]

    def _profession(self, record: Record) -> None:
        """« Cardiologue » is a doctor and her specialty, in the column of professions or in that of specialties."""
        text, special = self.text("profession"), self.text("specialty")
        told = text or special
        if not told:
            return
        record.profession_id, mode = self.known.profession(told)
        record.modes = (mode,) if mode else ()
        found = self.known.specialty(special) or self.known.specialty(text)
        if found and (record.profession_id or found.profession_id) == found.profession_id:
            record.profession_id, record.specialty_id = found.profession_id, found.pk
        elif special and text:
            sentence = "spécialité absente de la nomenclature, ou d’une autre profession : elle n’est pas reprise"
            self.notes.remark(self.line, "Spécialité", sentence, special)
        if record.profession_id is None:
            reason = "profession inconnue : écrivez son nom complet, par exemple « Infirmier », ou « Autre profession »"
            self.refuse("profession" if text else "specialty", reason, "profession")

    # --- How to reach them, where ---------------------------------------------------------------------------------
    def _contacts(self) -> tuple[tuple[str, str], ...]:
        found: list[tuple[str, str]] = []
        for key, default in (("email", Channel.EMAIL), ("secure_mail", Channel.SECURE_MAIL)):
            for value in self.read(key, read.read_emails, "email", ()):
                found.append((Channel.SECURE_MAIL if _SECURE in value else default, value))
        for key, default in (("phone", Channel.PHONE), ("mobile", Channel.MOBILE)):
            for value in self.read(key, read.read_phones, "phone", ()):
                found.append((Channel.MOBILE if read.is_mobile(value) else default, value))
        return tuple(dict.fromkeys((str(channel), value) for channel, value in found))

    def _place(self, record: Record) -> None:
        text = self.text("mode")
        if text and not record.kind:
            try:
                record.modes = self.known.modes(text)
            except BadCell as problem:
                self.refuse("mode", str(problem), "mode")
        record.address = self.text("address")[:200]
        place = self.text("place")[:160]
        record.place = "" if record.kind and place == record.last_name else place
        postal = self.read("postal_code", read.read_postal_code, "postal_code", "")
        if "commune" in self.columns or postal:
            record.commune_id = self._commune(postal)

    def _commune(self, postal: str) -> int | None:
        text = self.text("commune")
        try:
            found, remark = self.known.communes.find(text, postal)
        except BadCell as problem:
            kind = "homonym" if "plusieurs communes" in str(problem) else "commune"
            self.refuse("commune" if text else "postal_code", str(problem), kind)
            return None
        if remark:
            self.notes.remark(self.line, "Commune", remark, text or postal)
        return found

    # --- Membership -------------------------------------------------------------------------------------------------
    def _membership(self, record: Record) -> None:
        record.start = self.past_date("member_since")
        record.applied_on = self.past_date("applied_on")
        record.end = self.past_date("left_on")
        if record.end and record.start and record.end <= record.start:
            self.refuse("left_on", f"le départ précède l’adhésion du {date_fr(record.start)}", "left_before_joined")
        if record.end and not record.start and "member_since" in self.columns and not self.bad:
            self.refuse(
                "member_since", "la date d’adhésion manque alors qu’un départ est indiqué", "left_before_joined"
            )
        if record.start and record.applied_on and record.applied_on > record.start:
            self.notes.remark(self.line, "Adhésion", "la demande est postérieure à l’adhésion : elle n’est pas reprise")
            record.applied_on = None
        record.college = self._college()

    def _college(self) -> str:
        text = self.text("college")
        if not text:
            return ""
        name = self.known.college_key(text)
        if name not in self.known.colleges:
            self.refuse("college", "collège inconnu : corrigez-le, ou demandez sa création ci-dessus", "college")
        return name

    # --- Dues -------------------------------------------------------------------------------------------------------
    def _payments(self, record: Record) -> list[Paid]:
        found = [self._payment(record, column) for column in self.columns.get("paid_amount", ())]
        return [each for each in found if each is not None]

    def _payment(self, record: Record, column: int) -> Paid | None:
        amount: Decimal | None = self.read("paid_amount", read.read_amount, "amount", None, column=column)
        if not amount:
            return None
        year = self.years[column] or self.due_year()
        place = self.beside("paid_on", column)
        paid_on = self.past_date("paid_on", column=place) if place is not None else None
        year = year or (paid_on.year if paid_on else None)
        if not year:
            self.refuse("paid_amount", "l’année de cette cotisation manque", "amount", column=column)
            return None
        paid_on = paid_on or self._day_for_undated(column, place)
        if not paid_on:
            return None
        return Paid(year, amount, paid_on, self._method(column), self._payer(record, column))

    def _day_for_undated(self, column: int, place: int | None) -> date | None:
        """The day said with the columns, for a payment whose line says none."""
        day = self.known.payment_dates.get(column)
        if day is None:
            if not self.bad:
                self.refuse("paid_amount", "la date de ce paiement manque", "date", column=place or column)
            return None
        self.notes.remark(self.line, self.labels[column], f"date de paiement absente : le {date_fr(day)} est retenu")
        return day

    def _method(self, column: int) -> str:
        place = self.beside("method", column)
        method = ""
        if place is not None:
            method = self.read("method", lambda text: (read.read_method(text), ""), "method", "", column=place)
        if self.layout == HELLOASSO and method in ("", Payment.Method.CARD):
            return Payment.Method.HELLOASSO
        if not method:
            self.notes.remark(self.line, self.labels[column], "moyen de paiement absent : virement retenu")
        return method or Payment.Method.TRANSFER

    def _payer(self, record: Record, column: int) -> str:
        """The first name may stand in a cell of its own (HelloAsso)."""
        places = [self.beside(key, column) for key in ("payer_first_name", "payer")]
        words = [read.cased(tidy(self.cells[place])) for place in places if place is not None]
        return " ".join(word for word in words if word)[:160] or record.label[:160]

    def _extra(self, record: Record) -> dict[str, Any]:
        found = {}
        for key, column in self.custom:
            wanted = self.known.custom_fields.get((record.is_structure, key))
            if wanted is None or not self.cells[column].strip():
                continue
            value = self.read(f"{CUSTOM}{key}", self._custom_reader(wanted), "custom", "")
            if value != "":
                found[key] = value
        return found

    def _custom_reader(self, wanted: CustomField) -> Callable[[str], tuple[Any, str]]:
        return lambda text: (self.known.custom_value(wanted, text), "")
