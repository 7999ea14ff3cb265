"""The accepted file formats. Page, command, exports, published schemas and tests all read this description."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cpts_portal.core.text import fold

_TRAILING_YEAR = re.compile(r"(?<=\D) ?(?:(?:19|20)\d\d)$")


@dataclass(frozen=True)
class Column:
    """One column: its official name, the other spellings met in the field, and what a person should put in it."""

    name: str
    title: str
    description: str
    example: str = ""
    aliases: tuple[str, ...] = ()
    required: bool = True
    type: str = "string"
    pattern: str = ""

    def spellings(self) -> tuple[str, ...]:
        return (fold(self.name), *(fold(alias) for alias in self.aliases))


@dataclass(frozen=True)
class Layout:
    """`is_full`: the file lists every commune, so that the missing ones have disappeared."""

    key: str
    title: str
    description: str
    columns: tuple[Column, ...]
    samples: tuple[tuple[str, ...], ...]
    is_full: bool = False
    # Official columns the portal has no use for: neither required nor worth a remark.
    ignored: tuple[str, ...] = ()
    carries: frozenset[str] = frozenset()

    @property
    def required_names(self) -> list[str]:
        return [column.name for column in self.columns if column.required]


CODE = r"^([0-9]{2}|2[AB])[0-9]{3}$"
DEPARTMENT = r"^([0-9]{2}|2[AB]|9[78][0-9])$"
_TYPECOM = Column(
    "TYPECOM",
    "Type de commune",
    "COM commune, COMD commune déléguée, COMA commune associée, ARM arrondissement municipal",
    "COM",
    ("type", "type commune", "type de commune"),
    pattern="^(COM|COMD|COMA|ARM)$",
)
_CODE_NAMES = ("code", "code commune", "code insee", "insee", "code insee commune", "codgeo", "code geographique")
_COM = Column("COM", "Code INSEE", "Code officiel de la commune, 5 caractères", "22093", _CODE_NAMES, pattern=CODE)
_NAME_NAMES = ("nom", "nom commune", "nom de la commune", "commune", "libgeo", "libelle commune")
_LABEL = Column("LIBELLE", "Nom", "Nom de la commune, avec ses accents", "Lamballe-Armor", _NAME_NAMES)
_PARENT = Column(
    "COMPARENT",
    "Commune de rattachement",
    "Pour une commune déléguée ou associée ou un arrondissement : code de la commune dont elle fait partie",
    "22093",
    ("parent", "commune parente", "commune de rattachement", "chef lieu", "cheflieu"),
)
_DEP = Column("DEP", "Département", "Code du département", "22", ("departement", "code departement"), required=False)
_REG = Column("REG", "Région", "Code de la région", "53", ("region", "code region"), required=False)
_POPULATION_NAMES = ("population", "population municipale", "pop", "pmun", "habitants", "nombre d'habitants")
_PMUN = Column("PMUN", "Population municipale", "Nombre d’habitants", "16864", _POPULATION_NAMES, type="integer")

PORTAL = Layout(
    key="portal",
    title="Liste complète des communes (format du portail)",
    description=(
        "Toutes les communes d’un millésime avec leur EPCI, leur population municipale et leurs codes postaux, "
        "ainsi que les communes déléguées ou associées et les arrondissements."
    ),
    columns=(
        _TYPECOM,
        _COM,
        _LABEL,
        _PARENT,
        _DEP,
        _REG,
        Column(
            "EPCI",
            "EPCI",
            "SIREN de l’intercommunalité, 9 chiffres ; vide si la commune n’en a pas",
            "200069391",
            ("siren epci", "code epci", "epci siren"),
            pattern="^[0-9]{9}$",
        ),
        _PMUN,
        Column(
            "CODES_POSTAUX",
            "Codes postaux",
            "Un ou plusieurs codes postaux, séparés par une espace",
            "22400 22640",
            ("codes postaux", "code postal", "cp"),
            required=False,
        ),
    ),
    samples=(
        ("COM", "22093", "Lamballe-Armor", "", "22", "53", "200069391", "16864", "22400"),
        ("COMD", "22128", "Maroué", "22093", "22", "53", "", "", ""),
    ),
    is_full=True,
    carries=frozenset({"name", "department", "epci", "parent", "population", "postal_codes"}),
)
COG = Layout(
    key="cog",
    title="Code officiel géographique de l’INSEE (v_commune_AAAA.csv)",
    description=(
        "La liste officielle des communes, sans population ni EPCI : complétez-la par le fichier des populations."
    ),
    columns=(_TYPECOM, _COM, _REG, _DEP, _LABEL, _PARENT),
    samples=(("COM", "22093", "53", "22", "Lamballe-Armor", ""), ("COMD", "22128", "", "", "Maroué", "22093")),
    is_full=True,
    ignored=("CTCD", "ARR", "TNCC", "NCC", "NCCENR", "CAN"),
    carries=frozenset({"name", "department", "parent"}),
)
POPULATIONS = Layout(
    key="populations",
    title="Populations municipales de l’INSEE (donnees_communes.csv)",
    description=(
        "Les populations légales. Les arrondissements de Paris, Lyon et Marseille sont additionnés ; "
        "Mayotte et les collectivités d’outre-mer n’y figurent pas : leurs communes gardent leur dernière population "
        "connue, et l’aperçu nomme les départements absents."
    ),
    columns=(
        Column("CODDEP", "Département", "Code du département", "22", ("code departement", "dep"), pattern=DEPARTMENT),
        Column(
            "CODCOM",
            "Commune",
            "Code de la commune dans le département, 3 chiffres",
            "093",
            ("code commune",),
            pattern="^[0-9]{2,3}$",
        ),
        Column("COM", "Nom", "Nom de la commune (pour information)", "Lamballe-Armor", _NAME_NAMES, required=False),
        _PMUN,
    ),
    samples=(("22", "093", "Lamballe-Armor", "16864"), ("01", "001", "L'Abergement-Clémenciat", "860")),
    ignored=("CODREG", "REG", "CODARR", "CODCAN", "PCAP", "PTOT", "DEP"),
    carries=frozenset({"population"}),
)
POSTAL = Layout(
    key="postal",
    title="Codes postaux de La Poste",
    description="La base officielle des codes postaux ; une commune peut avoir plusieurs lignes.",
    columns=(
        Column(
            "Code_commune_INSEE",
            "Code INSEE",
            "Code officiel de la commune, 5 caractères",
            "22093",
            ("code insee",),
            pattern=CODE,
        ),
        Column(
            "Nom_de_la_commune",
            "Nom",
            "Nom en capitales (pour information)",
            "LAMBALLE ARMOR",
            ("nom commune", "nom de la commune"),
            required=False,
        ),
        Column("Code_postal", "Code postal", "Code postal, 5 chiffres", "22400", ("codepostal",), pattern="^[0-9]{5}$"),
    ),
    samples=(("22093", "LAMBALLE ARMOR", "22400"), ("22093", "LAMBALLE ARMOR", "22640")),
    ignored=("Libellé_d_acheminement", "Ligne_5", "coordonnees_gps", "_geopoint", "coordonnees_geographiques"),
    carries=frozenset({"postal_codes"}),
)
MINIMAL = Layout(
    key="minimal",
    title="Liste simple : code, nom, population",
    description="Met à jour la population de communes déjà connues ; le nom ne sert qu’à vérifier le code.",
    columns=(
        Column(
            "code",
            "Code INSEE",
            "Code officiel de la commune, 5 caractères",
            "22093",
            (*_CODE_NAMES, "com"),
            pattern=CODE,
        ),
        Column("nom", "Nom", "Nom de la commune", "Lamballe-Armor", (*_NAME_NAMES, "libelle"), required=False),
        Column("population", "Population", "Nombre d’habitants", "16864", _POPULATION_NAMES, type="integer"),
    ),
    samples=(("22093", "Lamballe-Armor", "16864"), ("01001", "L'Abergement-Clémenciat", "860")),
    carries=frozenset({"population"}),
)
MOVEMENTS = Layout(
    key="movements",
    title="Mouvements de communes de l’INSEE (v_mvt_commune_AAAA.csv)",
    description="Les fusions, rétablissements et changements de code : ils relient un ancien code au suivant.",
    columns=(
        Column(
            "MOD", "Type de mouvement", "Code du mouvement : 31 fusion, 32 commune nouvelle, 21 rétablissement…", "32"
        ),
        Column(
            "DATE_EFF", "Date d’effet", "Date, par exemple 2026-01-01", "2026-01-01", ("date effet", "date d'effet")
        ),
        Column("TYPECOM_AV", "Type avant", "Type de la commune avant", "COM"),
        Column("COM_AV", "Code avant", "Code de la commune avant", "02311", pattern=CODE),
        Column("LIBELLE_AV", "Nom avant", "Nom de la commune avant", "Filain", required=False),
        Column("TYPECOM_AP", "Type après", "Type de la commune après", "COM"),
        Column("COM_AP", "Code après", "Code de la commune après", "02589", pattern=CODE),
        Column("LIBELLE_AP", "Nom après", "Nom de la commune après", "Pargny-Filain", required=False),
    ),
    samples=(("32", "2026-01-01", "COM", "02311", "Filain", "COM", "02589", "Pargny-Filain"),),
    ignored=("TNCC_AV", "NCC_AV", "NCCENR_AV", "TNCC_AP", "NCC_AP", "NCCENR_AP"),
    carries=frozenset({"movements"}),
)

# In the order they are tried: the most demanding headers first.
LAYOUTS: dict[str, Layout] = {layout.key: layout for layout in (PORTAL, COG, MOVEMENTS, POPULATIONS, POSTAL, MINIMAL)}


@dataclass(frozen=True)
class Header:
    """A recognised header: where each known column stands, and the columns nobody knows."""

    layout: Layout
    positions: dict[str, int]
    unknown: tuple[str, ...]
    titles: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        return len(self.titles)

    def title(self, name: str) -> str:
        """The column as the file calls it, with its official name when it differs: « Population municipale (PMUN) »."""
        place = self.positions.get(name)
        own = self.titles[place] if place is not None else ""
        return name if fold(own) == fold(name) or not own else f"{own} ({name})"


def spelling(title: str) -> str:
    """« #Code_commune_INSEE » and « code commune insee » are the same column; so are « PMUN2023 » and « PMUN »."""
    return _TRAILING_YEAR.sub("", fold(_unmangled(title)))


def _unmangled(title: str) -> str:
    """« LibellÃ© » is « Libellé » read in the wrong encoding by whoever wrote the file."""
    try:
        return title.encode("cp1252").decode("utf-8") if "Ã" in title else title
    except (UnicodeEncodeError, UnicodeDecodeError):
        return title


def recognise(titles: Sequence[str]) -> Header | None:
    """The first layout whose required columns are all there, whatever their order, case and accents."""
    cells = [spelling(title) for title in titles]
    for layout in LAYOUTS.values():
        positions = _positions(layout, cells)
        if all(name in positions for name in layout.required_names):
            known = {*positions.values(), *_ignored_positions(layout, cells)}
            unknown = tuple(title.strip() for place, title in enumerate(titles) if place not in known and title.strip())
            return Header(layout, positions, unknown, tuple(title.strip()[:60] for title in titles))
    return None


def _ignored_positions(layout: Layout, cells: list[str]) -> list[int]:
    ignored = {fold(name) for name in layout.ignored}
    return [place for place, cell in enumerate(cells) if cell in ignored]


def _positions(layout: Layout, cells: list[str]) -> dict[str, int]:
    """Official names are placed before aliases, so that « COM » never takes the place of « code »."""
    found: dict[str, int] = {}
    for official in (True, False):
        for column in layout.columns:
            names = column.spellings()[:1] if official else column.spellings()[1:]
            if column.name not in found:
                place = next((cells.index(name) for name in names if name in cells), None)
                if place is not None and place not in found.values():
                    found[column.name] = place
    return found


def expected_columns(titles: Sequence[str]) -> str:
    """One sentence for a file whose header is not recognised: the nearest format and what is missing from it."""
    cells = [spelling(title) for title in titles]
    missing = {
        key: [name for name in layout.required_names if name not in _positions(layout, cells)]
        for key, layout in LAYOUTS.items()
    }
    nearest = min(LAYOUTS.values(), key=lambda layout: len(missing[layout.key]))
    if len(missing[nearest.key]) == len(nearest.required_names):
        return (
            "Aucune colonne connue n’a été trouvée en tête du fichier. Le format le plus simple attend les colonnes "
            f"« {' ; '.join(column.name for column in MINIMAL.columns)} », la liste complète « "
            f"{' ; '.join(PORTAL.required_names)} »."
        )
    lacking = ", ".join(f"« {name} »" for name in missing[nearest.key])
    return (
        f"Le format le plus proche est « {nearest.title} », mais il manque : {lacking}. "
        f"Colonnes attendues : {' ; '.join(nearest.required_names)}."
    )
