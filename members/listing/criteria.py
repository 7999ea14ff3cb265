"""What a list of the register may be asked for."""

from dataclasses import dataclass
from datetime import date

from django.db import models

from members.models import DuesState, Status
from territories.models import Cpts

__all__ = ["OUTSIDE", "Criteria", "DuesState", "Kind", "Situation"]

# Of several memberships of somebody, the one a row shows; then the most recent.
SHOWN_FIRST = (Status.MEMBER, Status.UPCOMING, Status.APPLIED, Status.LEFT, Status.REFUSED)
OUTSIDE = -1  # asked as a commune: those who practise outside the territory


class Situation(models.TextChoices):
    """Where somebody stands with the association on a day; an accepted membership to come is still awaited.

    A refused application is found as long as no other has been made; whoever was refused after leaving is in both.
    """

    MEMBER = "member", "Adhérents"
    AWAITED = "awaited", "Demandes"
    LEFT = "left", "Partis"
    REFUSED = "refused", "Refusés"
    NEVER = "never", "Non-adhérents"
    ANY = "all", "Tout le registre"


class Kind(models.TextChoices):
    PERSON = "person", "Personnes"
    STRUCTURE = "structure", "Structures"


@dataclass(frozen=True)
class Criteria:
    """Everything at once: each value given narrows the list, an empty one asks nothing.

    `words` are folded, each must be found; `college` 0 means none; `year` is the one `dues` speaks of and the one
    whose dues the rows show.
    """

    cpts: Cpts
    day: date
    year: int
    situation: str = Situation.MEMBER
    words: tuple[str, ...] = ()
    kind: str = ""
    profession: int | None = None
    structure_kind: str = ""
    college: int | None = None
    commune: int | None = None
    epci: int | None = None
    mode: str = ""
    dues: str = ""
    mandate: str = ""
    keys: frozenset[tuple[str, int]] | None = None

    @property
    def wants_people(self) -> bool:
        return self.kind != Kind.STRUCTURE and not self.structure_kind

    @property
    def wants_structures(self) -> bool:
        """Structures have neither profession, nor mode, nor mandate."""
        return self.kind != Kind.PERSON and not (self.profession or self.mode or self.mandate)
