"""Loading the official map delivered with the portal: regions, departments, EPCI, then communes 2024 and 2026.

Idempotent: each list is recognised by its hash among the imports already made (an administrator may have undone one:
it is not loaded again behind his back), so a second run writes nothing and takes a fraction of a second.
"""

from collections.abc import Iterator
from hashlib import sha256

from django.db import transaction

from cpts_portal.core.authors import Author
from cpts_portal.core.tasks import silent
from cpts_portal.core.text import fold
from territories.commune_import import apply_import
from territories.commune_import.applying import create_departments, create_epcis
from territories.commune_import.plan import Reporter
from territories.commune_import.rows import unnamed_epci
from territories.commune_import.state import current_geography
from territories.models import CommuneImport, Department, Epci
from territories.shipped import COMMUNE_LISTS, MOVEMENTS, official_departments, official_epcis, shipped_bytes

NEW_LISTS = (CommuneImport.Status.APPLIED, CommuneImport.Status.UNDONE)


def load_reference(*, report: Reporter = silent, by: Author | None = None, until: int | None = None) -> dict[str, int]:
    """Load what is missing; returns what was added, by name. `until`: the last vintage of communes to load."""
    report(0, "Régions, départements et EPCI")
    done = load_places()
    lists = [each for each in _lists_to_load() if until is None or each[1] <= until]
    for place, (name, vintage, content) in enumerate(lists):
        report(10 + 90 * place // len(lists), f"Communes : {name}")
        imported = apply_import(content, name, vintage=vintage, by=by, origin=CommuneImport.Source.COMMAND)
        done["communes"] = done.get("communes", 0) + imported.counts["created"]
        done["imports"] = done.get("imports", 0) + 1
    report(100, "Données de référence chargées")
    return done


@transaction.atomic
def load_places() -> dict[str, int]:
    """Regions, departments and EPCI the portal does not hold yet; names to be completed get their official name."""
    departments = set(official_departments()) - set(Department.objects.values_list("code", flat=True))
    epcis = set(official_epcis()) - set(Epci.objects.values_list("siren", flat=True))
    create_departments(sorted(departments))
    create_epcis(sorted(epcis))
    return {"departments": len(departments), "epcis": len(epcis), "epcis_named": _name_epcis()}


def _name_epcis() -> int:
    unnamed = [epci for epci in Epci.objects.filter(name__startswith="EPCI ") if epci.name == unnamed_epci(epci.siren)]
    known = [epci for epci in unnamed if epci.siren in official_epcis()]
    for epci in known:
        epci.name, epci.kind = official_epcis()[epci.siren]
        epci.search = f"{fold(epci.name)} {epci.siren}"
    Epci.objects.bulk_update(known, ["name", "kind", "search"])
    return len(known)


def _lists_to_load() -> Iterator[tuple[str, int, bytes]]:
    """Movements first: they tell the successors that the commune lists do not."""
    known = set(CommuneImport.objects.filter(status__in=NEW_LISTS).values_list("sha256", flat=True))
    files = [(MOVEMENTS, max(COMMUNE_LISTS)), *((name, vintage) for vintage, name in sorted(COMMUNE_LISTS.items()))]
    geography = current_geography()
    for name, vintage in files:
        content = shipped_bytes(name)
        older = name != MOVEMENTS and geography is not None and vintage < geography
        if sha256(content).hexdigest() not in known and not older:
            yield name, vintage, content
