"""The two forms of the FINESS extract, and the kinds of structures its categories stand for.

Official: no header, lines « structureet;… » after a line « finess;etalab;… », with « geolocalisation;… » lines that
are ignored; the commune is three digits beside a department (9A to 9F overseas). Cleaned: a header naming the columns,
with the whole INSEE code in `cog`. Semicolons, Latin-1 or UTF-8.
"""

from dataclasses import dataclass

from cpts_portal.core.text import fold
from cpts_portal.imports.refusals import ImportRefused
from members.models import StructureKind

OFFICIAL = (  # noqa: SIM905 (one string reads better than 32)
    "section nofinesset nofinessej rs rslongue complrs compldistrib numvoie typvoie voie compvoie lieuditbp commune "
    "departement libdepartement ligneacheminement telephone telecopie categetab libcategetab categagretab "
    "libcategagretab siret codeape codemft libmft codesph libsph dateouv dateautor datemaj numuai"
).split()
OFFICIAL_MINIMUM = OFFICIAL.index("siret") + 1
SECTION, IGNORED_SECTIONS = "structureet", frozenset({"geolocalisation", "finess"})
REQUIRED = ("nofinesset", "rs", "categetab")

KIND_OF_CATEGORY = {
    **dict.fromkeys(("500", "501", "502"), StructureKind.CARE_HOME),
    **dict.fromkeys(("354", "209", "460"), StructureKind.HOME_NURSING),
    "127": StructureKind.HOME_HOSPITAL,
    "603": StructureKind.MSP,
    **dict.fromkeys(("124", "125", "130", "289", "438", "439"), StructureKind.HEALTH_CENTRE),
    **dict.fromkeys(("610", "611", "612"), StructureKind.LABORATORY),
    **dict.fromkeys(("620", "627", "628", "629"), StructureKind.PHARMACY),
}
# Aggregated categories (« categagretab »): 11xx hospitals and clinics; 4xxx social and medico-social.
HOSPITAL_START, SOCIAL_START = "11", "4"


@dataclass(frozen=True)
class FinessColumns:
    at: dict[str, int]
    count: int
    has_header: bool

    def value(self, fields: list[str], name: str, length: int = 200) -> str:
        position = self.at.get(name, -1)
        return fields[position].strip().strip('"')[:length] if 0 <= position < len(fields) else ""

    def insee_code(self, fields: list[str]) -> str:
        """Five characters. Overseas, FINESS writes 9A;101 for 97101 (the « 97 » and the three digits)."""
        if "cog" in self.at:
            return self.value(fields, "cog", 5)
        department, commune = self.value(fields, "departement", 3), self.value(fields, "commune", 3)
        if not department or not commune:
            return ""
        start = "97" if department.startswith("9") and department[1:2].isalpha() else department.zfill(2)
        return f"{start}{commune.zfill(3)}"

    def postal_code_and_name(self, fields: list[str]) -> tuple[str, str]:
        """« 22000 ST BRIEUC CEDEX 1 » -> (« 22000 », « ST BRIEUC CEDEX 1 »)."""
        line = self.value(fields, "ligneacheminement")
        if line[:5].isdigit():
            return line[:5], line[5:].strip()
        return self.value(fields, "codepostal", 5), self.value(fields, "libelle_routage") or line


def read_finess_columns(first_line: str) -> FinessColumns:
    """Recognise the form from the first line; another file is refused in one sentence."""
    fields = [field.strip().strip('"') for field in first_line.rstrip("\r\n").split(";")]
    if fields[0] in (SECTION, "finess", "geolocalisation") and "nofinesset" not in fields:
        return FinessColumns({name: i for i, name in enumerate(OFFICIAL)}, len(OFFICIAL), has_header=False)
    at = {fold(name).replace(" ", "_"): i for i, name in enumerate(fields)}
    missing = [name for name in REQUIRED if name not in at]
    place = "cog" in at or {"departement", "commune"} <= at.keys()
    if missing or not place:
        raise ImportRefused(
            "Ce fichier n’est pas une extraction des établissements FINESS : on attend le fichier « structureet » "
            "(etalab-cs1100502 ou etalab-cs1100507), ou sa version avec une ligne d’intitulés commençant par "
            "« nofinesset ».",
            line=1,
        )
    return FinessColumns(at, len(fields), has_header=True)


def kind_of(category: str, group: str) -> str:
    found = KIND_OF_CATEGORY.get(category)
    if found is not None:
        return found
    if group.startswith(HOSPITAL_START):
        return StructureKind.HOSPITAL
    return StructureKind.SOCIAL if group.startswith(SOCIAL_START) else StructureKind.OTHER
