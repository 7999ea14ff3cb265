"""The national directory (Annuaire Santé, FINESS): import, movements, professionals of a territory, links."""

from members.directory.imports.errors import HeavyLoss, ImportBusy
from members.directory.imports.finess import import_finess
from members.directory.imports.linking import LinkProposal, LinkRefused, link, propose_links, take_over, unlink
from members.directory.imports.movements import Piece, Sentence, as_text, last_import, movement_sentences, sentences_for
from members.directory.imports.practitioners import (
    counts_by_commune,
    counts_by_commune_and_profession,
    counts_by_profession,
    known_since,
    left_practices,
    moves_in,
    practices_in,
    practitioners_of,
    structures_of,
)
from members.directory.imports.running import How, import_directory
from members.directory.imports.sources import observed_on_in
from members.directory.imports.structure_movements import listed_kinds, structure_counts, structure_sentences
from members.shared.directory_differences import Difference, differences

__all__ = [
    "Difference",
    "HeavyLoss",
    "How",
    "ImportBusy",
    "LinkProposal",
    "LinkRefused",
    "Piece",
    "Sentence",
    "as_text",
    "counts_by_commune",
    "counts_by_commune_and_profession",
    "counts_by_profession",
    "differences",
    "import_directory",
    "import_finess",
    "known_since",
    "last_import",
    "left_practices",
    "link",
    "listed_kinds",
    "movement_sentences",
    "moves_in",
    "observed_on_in",
    "practices_in",
    "practitioners_of",
    "propose_links",
    "sentences_for",
    "structure_counts",
    "structure_sentences",
    "structures_of",
    "take_over",
    "unlink",
]
