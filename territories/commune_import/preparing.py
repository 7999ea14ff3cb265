"""The preview: reads a file, compares it with what the portal holds, and says what would change. Writes nothing."""

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import PurePath

from cpts_portal.core.bulk import without_cycle_collection
from cpts_portal.core.sheets import Unreadable
from cpts_portal.core.tasks import silent
from territories.commune_import.comparing import Comparison
from territories.commune_import.covering import say_coverage
from territories.commune_import.effects import add_effects
from territories.commune_import.explaining import CompleteList
from territories.commune_import.movements import link_orphans, read_movements
from territories.commune_import.partial import PopulationFile, PostalFile
from territories.commune_import.plan import CommunePlan, Reporter
from territories.commune_import.reading import CommuneLines, read_table
from territories.commune_import.rows import CompleteRows
from territories.commune_import.state import CommuneNotes, Places, State, Work, current_geography
from territories.models import Commune

_YEAR = re.compile(r"(?<!\d)(?:\d{4})?((?:19|20)\d{2})(?!\d)")
FIRST_VINTAGE, LAST_VINTAGE = 1990, 2100


def prepare(
    content: bytes,
    filename: str,
    *,
    vintage: int | None,
    successors: Mapping[str, str] | None = None,
    report: Reporter = silent,
) -> CommunePlan:
    """What this file would do. `successors`: chosen successor code by vanished code, for those nothing else tells.

    `vintage` None: the year found in the file name, if there is only one.
    """
    plan = build_plan(content, filename, vintage=vintage, successors=successors or {}, report=report)
    plan.work = None
    report(100, "Aperçu prêt")
    return plan


def guess_vintage(filename: str) -> int | None:
    """The year written in the file's name (« v_commune_2026.csv », « communes-01012026.csv »), if only one."""
    years = {int(year) for year in _YEAR.findall(PurePath(filename).stem)}
    return years.pop() if len(years) == 1 else None


@without_cycle_collection()
def build_plan(
    content: bytes, filename: str, *, vintage: int | None, successors: Mapping[str, str], report: Reporter
) -> CommunePlan:
    """The plan with what it writes (`work`): used by the preview and, under a lock, by the import."""
    guessed = guess_vintage(filename)
    plan = CommunePlan(
        layout="",
        filename=PurePath(filename).name[:200],
        sha256=sha256(content).hexdigest(),
        vintage=vintage or guessed,
        guessed_vintage=guessed,
        work=Work(),
    )
    notes = CommuneNotes()
    report(5, "Lecture du fichier")
    try:
        table = read_table(content)
        plan.layout = table.header.layout.key
        _introduce(table, notes)
        notes.title = table.header.title
        plan.blocking += _obstacles(plan, table)
        if not plan.blocking:
            _read(plan, table, notes, successors, report)
    except Unreadable as problem:
        plan.blocking.append(str(problem))
    plan.refusals, plan.remarks = notes.refusals, notes.remarks
    plan.counts["refused"] = len({refusal.line for refusal in plan.refusals})
    plan.counts["remarks"] = len(plan.remarks)
    return plan


def _introduce(table: CommuneLines, notes: CommuneNotes) -> None:
    for sentence in table.remarks:
        notes.say(sentence)
    for title in table.header.unknown:
        notes.say(
            f"La colonne « {title} » n’est pas utilisée par le portail : elle est ignorée.",
            line=table.header_line,
            column=title,
        )


def _obstacles(plan: CommunePlan, table: CommuneLines) -> list[str]:
    """Reasons against reading any further."""
    vintage, layout = plan.vintage, table.header.layout
    if vintage is None:
        return ["Indiquez le millésime du fichier, c’est-à-dire l’année au 1er janvier de laquelle il prend effet."]
    if not FIRST_VINTAGE <= vintage <= LAST_VINTAGE:
        return [f"Le millésime {vintage} n’est pas une année plausible : indiquez par exemple 2026."]
    geography = current_geography()
    if layout.is_full and geography is not None and vintage < geography:
        return [
            f"Ce fichier est du millésime {vintage}, alors que les communes du portail sont déjà celles de "
            f"{geography} : une liste plus ancienne ferait revivre des communes disparues. Pour repartir de "
            f"{vintage}, annulez d’abord l’import de {geography}."
        ]
    if not layout.is_full and layout.key != "movements" and not Commune.objects.exists():
        return [
            "Le portail ne connaît encore aucune commune : importez d’abord une liste complète "
            "(format du portail ou code officiel géographique)."
        ]
    return []


def _read(
    plan: CommunePlan, table: CommuneLines, notes: CommuneNotes, successors: Mapping[str, str], report: Reporter
) -> None:
    layout, work = table.header.layout, plan.work
    if layout.key == "movements":
        read_movements(table.header, table.rows, plan, notes, work)
        link_orphans(plan, work)
        return
    report(15, "Lecture des communes connues")
    state = State.load(plan.vintage or 0, with_populations="population" in layout.carries, full=layout.is_full)
    if layout.is_full:
        _read_complete(plan, table, state, notes, successors, report)
        return
    report(30, "Comparaison")
    reader = PostalFile if layout.key == "postal" else PopulationFile
    reader(table.header, plan, state, notes, work).read(table.rows)
    report(60, "Effets sur les CPTS")
    if "population" in layout.carries:
        say_coverage(plan, state, work, notes)
        add_effects(plan, state, work, notes, successor_of={}, restored_from={})


def _read_complete(
    plan: CommunePlan,
    table: CommuneLines,
    state: State,
    notes: CommuneNotes,
    successors: Mapping[str, str],
    report: Reporter,
) -> None:
    work, places = plan.work, Places.load()
    report(30, "Comparaison")
    rows = CompleteRows(table.header, places, notes)
    comparison = Comparison(plan, state, places, notes, work)
    comparison.read(rows, table.rows, table.header.width)
    plan.counts["rows"] = rows.count
    report(50, "Recherche des successeurs")
    CompleteList(comparison, successors).finish()
    if notes.refusals:
        # The counts are shown beside the refused lines; effects and choices would rest on an incomplete list.
        plan.blocking.clear()
        return
    say_coverage(plan, state, work, notes)
    report(60, "Effets sur les CPTS")
    add_effects(
        plan,
        state,
        work,
        notes,
        successor_of=comparison.successor_of,
        restored_from=comparison.restored_from,
        ended=comparison.ended,
    )
