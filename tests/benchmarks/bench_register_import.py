"""Time, queries and memory of the import of a coordinator's spreadsheet.

    python -m tests.benchmarks.bench_register_import [--rows 50000] [--xlsx] [--folder /tmp/bench-register]

Steps: read the file, prepare the preview, apply (plan built again, rows and history written), run the same file again,
undo. The database is the one of DATABASE_URL when it is set (a PostgreSQL database made for this), else a new SQLite
file. Peak memory is the whole process's.
"""

import argparse
import os
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

HEADER = (
    "Nom", "Prénom", "Profession", "RPPS", "Mail", "Téléphone", "Adresse", "CP", "Ville", "Collège", "Adhérent depuis",
    "Cotisation 2026", "Payé le", "Règlement",
)  # fmt: skip
WORDS = ("IDEL", "infirmière libérale", "kiné", "MG", "pharmacien", "sage-femme", "orthophoniste", "psychologue")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--xlsx", action="store_true", help="a workbook instead of a CSV")
    parser.add_argument("--cold", action="store_true", help="forget the plan of the preview: the import builds its own")
    parser.add_argument("--folder", default=str(Path(tempfile.gettempdir()) / "bench-register"))
    options = parser.parse_args()
    folder = Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob("bench.sqlite3*"):
        leftover.unlink()
    os.environ.update(DEBUG="true", DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE="cpts_portal.settings")
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'bench.sqlite3'}")

    import django  # noqa: PLC0415 (the settings read the environment prepared above)

    django.setup()
    _run(options.rows, options.xlsx, options.cold)


def content_of(rows: int, codes: list[tuple[str, str]], xlsx: bool) -> bytes:
    """A file of fictitious people, three contacts in four, a membership and a payment each."""
    from cpts_portal.core.exports import csv_bytes, xlsx_bytes  # noqa: PLC0415 (after django.setup)
    from tests.member_factories import fictitious_rpps  # noqa: PLC0415 (after django.setup)

    dice = random.Random(5)

    def lines() -> Any:
        yield HEADER
        for number in range(rows):
            postal, city = codes[number % len(codes)]
            yield (
                f"NOM{number % 977:03d}-{number}", f"Prénom {number % 61}", WORDS[number % len(WORDS)],
                fictitious_rpps(500_000 + number) if number % 5 else "", f"essai.{number}@demo.example",
                f"02{number:08d}" if number % 4 else "", f"{number} rue de l’Essai", postal, city, "Soignants",
                f"{1 + number % 28:02d}/{1 + number % 12:02d}/2024", "20,00 €" if number % 3 else "",
                f"{1 + number % 28:02d}/03/2026", dice.choice(("virement", "chèque")),
            )  # fmt: skip

    return xlsx_bytes("Adhérents", lines()) if xlsx else csv_bytes(lines())


class Measure:
    """Wall and processor seconds, and queries, of a step."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> "Measure":
        from django.db import connection, reset_queries  # noqa: PLC0415 (after django.setup)

        connection.force_debug_cursor = True
        reset_queries()
        self.start, self.cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_error: object) -> None:
        from django.db import connection  # noqa: PLC0415 (after django.setup)

        wall, cpu = time.perf_counter() - self.start, time.process_time() - self.cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        said = [query["sql"] for query in connection.queries]
        print(f"{self.name:<28}{wall:>9.1f}{cpu:>9.1f}{len(said):>9}{peak:>9.0f}", flush=True)


def _run(rows: int, xlsx: bool, cold: bool) -> None:
    from django.core.cache import cache  # noqa: PLC0415 (after django.setup)
    from django.core.management import call_command  # noqa: PLC0415 (after django.setup)
    from django.db import connection  # noqa: PLC0415 (after django.setup)

    from cpts_portal.core.scoping import everything  # noqa: PLC0415 (after django.setup)
    from members.models import Professional  # noqa: PLC0415 (after django.setup)
    from members.register_import import drafts, previews  # noqa: PLC0415 (after django.setup)
    from members.register_import.drafts import undo_import  # noqa: PLC0415 (after django.setup)
    from tests import factories, member_factories  # noqa: PLC0415 (after django.setup)

    call_command("migrate", verbosity=0)
    cpts = factories.cpts(f"Mesure {time.time():.0f}")
    member_factories.college(cpts, "Soignants")
    places = [(f"{22000 + n}", f"Mesure {n}") for n in range(100, 160)]
    for postal, name in places:
        if not factories.Commune.objects.filter(code=postal).exists():
            factories.commune(postal, name, postal_codes=postal)
    person = factories.coordinator(cpts)
    content = content_of(rows, places, xlsx)
    print(f"{connection.vendor}, {rows} rows, {'XLSX' if xlsx else 'CSV'} of {len(content) / 1e6:.1f} MB")
    print(f"{'step':<28}{'seconds':>9}{'CPU s':>9}{'queries':>9}{'peak MB':>9}")
    with everything("benchmark"):
        imported = _deposited(cpts, content, person, xlsx, "read and keep the file")
        with Measure("preview (plan made and kept)"):
            plan = previews.plan_of(imported)
        print(f"    {plan.counts}")
        del plan
        if cold:
            cache.clear()
        with Measure("apply (plan built again)" if cold else "apply (plan of the preview)"):
            drafts.apply_now(imported.pk, by=person)
        print(f"    {Professional.objects.filter(cpts=cpts).count()} people, history of each row written")
        again = _deposited(cpts, content, person, xlsx, "read the same file again")
        with Measure("prepare the second run"):
            plan, _known = previews.build_plan(again)
        print(f"    writes nothing: {plan.writes_nothing}, linked: {plan.counts['linked']}, refused: {plan.reasons}")
        del plan
        with Measure("undo"):
            undo_import(imported, by=person)
        print(f"    {Professional.objects.filter(cpts=cpts).count()} people left")


def _deposited(cpts: Any, content: bytes, person: Any, xlsx: bool, name: str) -> Any:
    from members.models import RegisterImport  # noqa: PLC0415 (after django.setup)
    from members.register_import import drafts, previews  # noqa: PLC0415 (after django.setup)

    with Measure(name):
        made = drafts.deposit(cpts, content, "mesure.xlsx" if xlsx else "mesure.csv", by=person)
        table = previews.table_of(made)
        drafts.save_mapping(made, table, drafts.proposed_mapping(made, table))
    return RegisterImport.objects.select_related("cpts").get(pk=made.pk)


if __name__ == "__main__":
    main()
