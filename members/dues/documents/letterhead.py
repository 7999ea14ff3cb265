"""What every letter of a CPTS says about the association: name, address, identifiers, who signs."""

from dataclasses import dataclass
from datetime import date

from cpts_portal.core.periods import active_on
from members.models import Mandate
from territories.models import Cpts

SIGNING = (Mandate.Office.PRESIDENT, Mandate.Office.TREASURER, Mandate.Office.SECRETARY)
TITLES = {
    Mandate.Office.PRESIDENT: "président·e",
    Mandate.Office.TREASURER: "trésorier·ère",
    Mandate.Office.SECRETARY: "secrétaire",
}


@dataclass(frozen=True)
class Letterhead:
    """Read once for a series of letters. `town` opens the date line: « Fait à Aurillac, le … »."""

    name: str
    legal_name: str
    address: str
    town: str
    identifiers: str
    contact: str
    signatory: str
    signatory_title: str


def letterhead(cpts: Cpts, *, day: date, signing: Mandate.Office = Mandate.Office.PRESIDENT) -> Letterhead:
    """The person who holds the office on the day signs; when it is vacant, the next one of the board."""
    town = cpts.seat.name if cpts.seat else ""
    signatory, title = _signatory(cpts, day, signing)
    identifiers = [("RNA", cpts.rna), ("SIREN", cpts.siren), ("FINESS", cpts.finess)]
    return Letterhead(
        name=cpts.full_name,
        legal_name=cpts.legal_name or cpts.full_name,
        address=", ".join(part for part in (cpts.address, town) if part),
        town=town,
        identifiers=" · ".join(f"{label} {value}" for label, value in identifiers if value),
        contact=" · ".join(part for part in (cpts.email, cpts.phone) if part),
        signatory=signatory,
        signatory_title=title,
    )


def _signatory(cpts: Cpts, day: date, first: Mandate.Office) -> tuple[str, str]:
    order = [first, *(office for office in SIGNING if office != first)]
    held = Mandate.objects.filter(active_on(day), cpts=cpts, office__in=SIGNING).select_related("professional")
    for mandate in sorted(held, key=lambda mandate: order.index(Mandate.Office(mandate.office))):
        return str(mandate.professional), TITLES[Mandate.Office(mandate.office)]
    return "", "Pour le bureau"
