"""The header of the free-access extract of the Annuaire Santé, whose spelling varies from one release to the next.

Seen: « Libellé civilité exercice » for « d'exercice », « coord. Structure », « (structure) », names with underscores.
Names are compared without accents, case, small words and the mention of the structure.
"""

from dataclasses import dataclass

from cpts_portal.core.text import fold
from cpts_portal.imports.refusals import ImportRefused
from members.directory.imports.sources import decoded

_SMALL = frozenset({"d", "de", "des", "du", "l", "la", "le", "coord", "structure"})
_SHORT = {"n": "numero", "no": "numero", "num": "numero", "cp": "code postal", "id": "identifiant"}

# Our name of a column: the names it bears in the extracts, official one first.
NAMES: dict[str, tuple[str, ...]] = {
    "rpps": ("identifiant pp", "numero rpps", "rpps"),
    "identifier_type": ("type identifiant pp", "type identifiant"),
    "last_name": ("nom exercice",),
    "first_name": ("prenom exercice",),
    "profession": ("code profession",),
    "category": ("code categorie professionnelle",),
    "skill_type": ("code type savoir faire",),
    "skill": ("code savoir faire",),
    "skill_name": ("libelle savoir faire",),
    "mode": ("code mode exercice",),
    "siret": ("numero siret site", "siret site"),
    "finess": ("numero finess site", "finess site"),
    "place": ("raison sociale site",),
    "sign": ("enseigne commerciale site",),
    "street_number": ("numero voie",),
    "street_repeat": ("indice repetition voie",),
    "street_type": ("libelle type voie", "libelle type de voie"),
    "street": ("libelle voie",),
    "delivery": ("mention distribution",),
    "postal_code": ("code postal",),
    "commune": ("code commune",),
    "commune_name": ("libelle commune",),
}
# Without these the file cannot be used: official names, for the message.
REQUIRED = {
    "rpps": "Identifiant PP",
    "last_name": "Nom d'exercice",
    "first_name": "Prénom d'exercice",
    "profession": "Code profession",
    "postal_code": "Code postal (coord. structure)",
    "commune": "Code commune (coord. structure)",
    "commune_name": "Libellé commune (coord. structure)",
}
HEADER_BYTES = 64 * 1024


@dataclass(frozen=True)
class Columns:
    """Where each known column stands (-1: absent), and how many columns a line has."""

    at: dict[str, int]
    titles: tuple[str, ...]
    trailing: bool

    @property
    def count(self) -> int:
        return len(self.titles)

    @property
    def separators(self) -> int:
        return self.count if self.trailing else self.count - 1

    def title(self, name: str) -> str:
        position = self.at[name]
        return self.titles[position] if position >= 0 else REQUIRED.get(name, name)

    @property
    def last_scanned(self) -> int:
        """The last column that the scan looks at, so that the rest of the line stays whole."""
        return max(
            self.at[n] for n in ("commune", "commune_name", "postal_code", "rpps", "identifier_type", "category")
        )


def read_columns(header: bytes) -> Columns:
    """Recognise the header line; a file that is something else is refused in one sentence."""
    text = decoded(header.removeprefix(b"\xef\xbb\xbf")).rstrip("\r\n")
    titles = [title.strip() for title in text.split("|")]
    if len(titles) < len(REQUIRED):
        raise ImportRefused(
            "Ce fichier n’est pas l’extraction en libre accès de l’Annuaire Santé : sa première ligne devrait être "
            "une suite d’intitulés séparés par des barres verticales « | ». Choisissez le fichier dont le nom "
            "commence par PS_LibreAcces_Personne_activite.",
            line=1,
        )
    trailing = titles[-1] == ""
    if trailing:
        titles.pop()
    positions: dict[str, int] = {}
    for position, title in enumerate(titles):
        positions.setdefault(_key(title), position)
    at = {
        name: next((positions[key] for key in map(_key, keys) if key in positions), -1) for name, keys in NAMES.items()
    }
    missing = [title for name, title in REQUIRED.items() if at[name] < 0]
    if missing:
        raise ImportRefused(
            "Ce fichier n’est pas l’extraction « personne et activité » de l’Annuaire Santé : il y manque "
            + ("la colonne " if len(missing) == 1 else "les colonnes ")
            + ", ".join(f"« {title} »" for title in missing)
            + ". Choisissez le fichier dont le nom commence par PS_LibreAcces_Personne_activite.",
            line=1,
        )
    return Columns(at, tuple(titles), trailing)


def _key(title: str) -> str:
    words = [_SHORT.get(word, word) for word in fold(title).split() if word not in _SMALL]
    return " ".join(words)
