"""What a line says to the association besides a membership and payments: who speaks for a structure, what the board
refused, which mandates are held, who may appear in the directory of members, who has nothing to pay."""

from datetime import date

from cpts_portal.core.sheets import tidy
from cpts_portal.core.text import fold
from members.models import Contact
from members.register_import import cells as read
from members.register_import.line_cells import LineCells
from members.register_import.offices import read_offices
from members.register_import.records import Exempted, Record

Channel = Contact.Channel
CONSENTS = {
    "consent_email": Channel.EMAIL,
    "consent_mss": Channel.SECURE_MAIL,
    "consent_phone": Channel.PHONE,
    "consent_mobile": Channel.MOBILE,
}
_OF_STRUCTURES = ("finess", "siret", "representative", "representative_title")


def check_structure(line: LineCells, record: Record) -> None:
    """Numbers and representative of a structure; a person's line has none of its own."""
    if not record.kind:
        told = [key for key in _OF_STRUCTURES if line.text(key)]
        for key in told:
            line.notes.remark(line.line, line.labels[line.columns[key][0]], "donnée d’une structure : non reprise ici")
        return
    record.finess = line.read("finess", read.read_finess, "finess", "")
    record.siret = line.read("siret", read.read_siret, "siret", "")
    record.representative_name = line.text("representative")[:120]
    record.representative_title = line.text("representative_title")[:120]


def check_decision(line: LineCells, record: Record) -> None:
    """An application that the board refused: its day and its reason, and no membership."""
    day, reason = line.past_date("refused_on"), line.text("refusal_reason")
    if not day:
        if reason:
            line.refuse("refused_on" if "refused_on" in line.columns else "refusal_reason",
                        "la date du refus manque alors qu’un motif est indiqué", "refusal")  # fmt: skip
        return
    if not reason:
        key = "refusal_reason" if "refusal_reason" in line.columns else "refused_on"
        line.refuse(key, "le motif du refus manque", "refusal")
    elif record.start or record.end:
        line.refuse("refused_on", "une demande refusée ne peut pas être aussi une adhésion", "refusal")
    elif record.payments:
        line.refuse("refused_on", "une demande refusée ne doit pas de cotisation : videz le paiement", "refusal")
    elif record.applied_on and record.applied_on > day:
        line.refuse("refused_on", "le refus précède la demande", "refusal")
    record.refused_on, record.refusal_reason = day, reason[:300]


def check_offices(line: LineCells, record: Record) -> None:
    text = line.text("office")
    if not text or text.lower() in read.NOTHING:
        return
    if record.kind:
        line.notes.remark(line.line, "Mandat", "un mandat est tenu par une personne : il n’est pas repris", text)
        return
    record.offices = line.read("office", read_offices, "office", ())
    record.office_since = line.past_date("office_since")


def check_consents(line: LineCells, record: Record) -> None:
    """« oui » and « non » by channel; the column for all of them gives way to the one of a channel."""
    if record.kind:
        return
    every = _consent(line, "consent")
    found = {} if every is None else dict.fromkeys(map(str, Channel.values), every)
    for key, channel in CONSENTS.items():
        told = _consent(line, key)
        if told is not None:
            found[str(channel)] = told
    record.consents = found


def _consent(line: LineCells, key: str) -> bool | None:
    answer: bool | None = line.read(key, lambda text: (read.read_yes_no(text), ""), "consent", None)
    return answer


def check_exemptions(line: LineCells, record: Record) -> None:
    """The reason why nothing is owed for a year: told by the title of the column, or by the line."""
    for column in line.columns.get("exemption", ()):
        text = tidy(line.cells[column])
        if not text or text.lower() in read.NOTHING:
            continue
        year = line.years[column] or line.due_year()
        problem = _problem_of_exemption(record, text, year, line.known.today)
        if problem:
            line.refuse("exemption", problem, "exemption", column=column)
        elif year:
            record.exemptions.append(Exempted(year, text[:160]))


def _problem_of_exemption(record: Record, text: str, year: int | None, today: date) -> str:
    if fold(text) in read.YES:
        return "écrivez le motif de l’exonération, par exemple « structure sous convention »"
    if not year:
        return "l’année de cette exonération manque"
    if year > today.year + 1:
        return "cette exonération est d’une année à venir"
    if any(paid.year == year for paid in record.payments):
        return f"un paiement est indiqué aussi pour {year} : gardez l’un des deux"
    return ""
