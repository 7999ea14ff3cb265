"""How fast the commune importer is, beside a bare upsert and the stock django-import-export flow. Run on demand:

    python -m tests.benchmarks.bench_commune_import             (SQLite)
    DATABASE_URL=postgres://... python -m tests.benchmarks.bench_commune_import      (SQLite, then PostgreSQL)

Each database is a fresh test database. « Bare » writes by hand the same rows into the same two tables: CSV reader,
then COPY + upsert (PostgreSQL) or executemany upsert (SQLite), without any check.
Each step is the best of five rounds. Peak memory is the resident peak of
the step, Django included (Linux only). `--sample N` sets the rows of the stock row-by-row flow, extrapolated.
"""

import argparse
import contextlib
import csv
import io
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLE = 400
ROUNDS = 5


@dataclass
class Line:
    label: str
    seconds: float
    queries: int | str = "–"
    rows: int | str = "–"
    peak: float | None = None
    base: float | None = None
    note: str = ""

    def show(self) -> str:
        ratio = f"{self.seconds / self.base:5.1f}x" if self.base else "      "
        peak = f"{self.peak:5.0f}" if self.peak is not None else "     "
        return f"{self.label:<46} {self.seconds:8.2f} {ratio} {self.queries!s:>8} {self.rows!s:>8} {peak}  {self.note}"


def reset_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> float:
    try:
        status = Path("/proc/self/status").read_text()
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(
    label: str, work: Callable[[], Any], rows: Callable[[Any], int | str] = lambda _: "–", rounds: int = ROUNDS
) -> tuple[Line, Any]:
    """The best of several rounds, each in a transaction that is rolled back once its constraints are checked."""
    from django.db import connection, transaction  # noqa: PLC0415 (Django is set up by main)
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 (Django is set up by main)

    seconds, peak, count, done = float("inf"), 0.0, 0, None
    for _ in range(rounds):
        reset_peak()
        with transaction.atomic():
            start = time.perf_counter()
            with CaptureQueriesContext(connection) as queries:
                done = work()
            if connection.vendor == "postgresql":
                connection.check_constraints()  # what a commit would check
            seconds = min(seconds, time.perf_counter() - start)
            transaction.set_rollback(True)
        peak, count = max(peak, peak_mb()), len(queries)
    return Line(label, seconds, count, rows(done), peak), done


def written(imported: Any) -> int:
    from territories.commune_import.plan import WRITTEN  # noqa: PLC0415 (Django is set up by main)

    return sum(imported.counts[key] for key in WRITTEN)


class Bare:
    """The upsert a developer would write by hand: the floor that no importer can go below."""

    COMMUNES = (
        "INSERT INTO territories_commune (kind, code, name, department_id, epci_id, postal_codes, search) {values} "
        "ON CONFLICT (kind, code) WHERE ended_on IS NULL DO UPDATE SET name = excluded.name, "
        "department_id = excluded.department_id, epci_id = excluded.epci_id, postal_codes = excluded.postal_codes "
        "WHERE territories_commune.name <> excluded.name OR territories_commune.postal_codes <> excluded.postal_codes "
        "OR territories_commune.epci_id IS DISTINCT FROM excluded.epci_id"
    )
    POPULATIONS = (
        "INSERT INTO territories_population (commune_id, vintage, municipal) {values} "
        "ON CONFLICT (commune_id, vintage) DO UPDATE SET municipal = excluded.municipal "
        "WHERE territories_population.municipal <> excluded.municipal"
    )

    def __init__(self, content: bytes, vintage: int) -> None:
        self.content, self.vintage = content, vintage

    def __call__(self) -> None:
        from django.db import connection, transaction  # noqa: PLC0415 (Django is set up by main)

        from territories.models import Department, Epci  # noqa: PLC0415 (Django is set up by main)

        departments = dict(Department.objects.values_list("code", "pk"))
        epcis = dict(Epci.objects.values_list("siren", "pk"))
        rows = csv.reader(io.StringIO(self.content.decode(), newline=""))
        next(rows)
        communes, people = [], {}
        for kind, code, name, _, department, _, epci, count, postal in rows:
            communes.append((kind, code, name, departments[department], epcis.get(epci), postal, name.lower()))
            if count:
                people[kind, code] = int(count)
        copy = connection.vendor == "postgresql"
        with transaction.atomic(), connection.cursor() as cursor:
            (self._copy if copy else self._many)(cursor, "communes", self.COMMUNES, communes)
            cursor.execute("SELECT kind, code, id FROM territories_commune WHERE ended_on IS NULL")
            found = [(pk, self.vintage, people[kind, code]) for kind, code, pk in cursor if (kind, code) in people]
            (self._copy if copy else self._many)(cursor, "populations", self.POPULATIONS, found)

    def _many(self, cursor: Any, _: str, sql: str, rows: list[tuple]) -> None:
        cursor.executemany(sql.format(values=f"VALUES ({', '.join(['%s'] * len(rows[0]))})"), rows)

    def _copy(self, cursor: Any, name: str, sql: str, rows: list[tuple]) -> None:
        table, columns = sql.split()[2], sql[sql.index("(") + 1 : sql.index(")")]
        source = f"SELECT {columns} FROM"
        cursor.execute(f"CREATE TEMP TABLE bare_{name} AS {source} {table} WITH NO DATA")
        with cursor.copy(f"COPY bare_{name} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(sql.format(values=f"{source} bare_{name}"))
        cursor.execute(f"DROP TABLE bare_{name}")


def bare_lines(first: bytes, second: bytes) -> list[Line]:
    from django.db import connection, transaction  # noqa: PLC0415 (Django is set up by main)

    lines = [measured("bare upsert: 2026, first import", Bare(second, 2026))[0]]
    with transaction.atomic():
        Bare(second, 2026)()
        lines.append(measured("bare upsert: 2026 again, unchanged", Bare(second, 2026))[0])
        transaction.set_rollback(True)
    with transaction.atomic():
        Bare(first, 2024)()
        if connection.vendor == "postgresql":
            connection.check_constraints()
        lines.append(measured("bare upsert: 2024 -> 2026 (nothing ends)", Bare(second, 2026))[0])
        transaction.set_rollback(True)
    return lines


def our_lines(first: bytes, second: bytes, movements: bytes, bare: list[Line]) -> list[Line]:
    from territories.commune_import import apply_import, prepare, undo_last  # noqa: PLC0415 (Django is set up by main)

    def apply(content: bytes, vintage: int, name: str = "communes.csv") -> Any:
        return apply_import(content, name, vintage=vintage, by=None, origin="command")

    def step(label: str, base: Line, vintage: int = 2026) -> None:
        lines.append(measured(f"ours: preview of {label}", preview)[0])
        lines.append(measured(f"ours: {label}", lambda: apply(second, vintage), written)[0])
        lines[-1].base = base.seconds

    def preview() -> Any:
        return prepare(second, "communes_2026.csv", vintage=2026)

    lines: list[Line] = []
    apply(movements, 2026)
    step("2026, first import", bare[0])
    apply(first, 2024)
    step("2024 -> 2026", bare[2])
    apply(second, 2026)
    step("2026 again, unchanged", bare[1])
    lines.append(measured("ours: undo of 2026", lambda: undo_last(by=None))[0])
    return lines


def stock_resource(bulk: bool) -> Any:
    """django-import-export at its best (`bulk`), or as it comes. Communes only, by code, on an up-to-date map."""
    from import_export import fields, resources, widgets  # noqa: PLC0415 (Django is set up by main)
    from import_export.instance_loaders import CachedInstanceLoader, ModelInstanceLoader  # noqa: PLC0415 (same)

    from territories.models import Commune, Department, Epci  # noqa: PLC0415 (Django is set up by main)

    class Cached(widgets.ForeignKeyWidget):
        known: dict[str, Any] | None = None

        def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
            if self.known is None:
                self.known = {getattr(found, self.field): found for found in self.model.objects.all()}
            return self.known[value] if value else None

    widget = Cached if bulk else widgets.ForeignKeyWidget

    class Stock(resources.ModelResource):
        code = fields.Field("code", "COM")
        name = fields.Field("name", "LIBELLE")
        department = fields.Field("department", "DEP", widget(Department, "code"))
        epci = fields.Field("epci", "EPCI", widget(Epci, "siren"))
        postal_codes = fields.Field("postal_codes", "CODES_POSTAUX")

        class Meta:
            model = Commune
            import_id_fields = ("code",)
            fields = ("code", "name", "department", "epci", "postal_codes")
            use_bulk = bulk
            batch_size = 1000
            skip_diff = bulk
            report_skipped = not bulk
            use_transactions = True
            instance_loader_class = CachedInstanceLoader if bulk else ModelInstanceLoader

        def get_queryset(self) -> Any:
            return Commune.objects.current()

    return Stock()


def stock_lines(content: bytes, sample: int) -> list[Line]:
    """Measured on the map of 2026, so that every commune is found and compared, as on a real re-import."""
    import tablib  # noqa: PLC0415 (only here)

    rows = [row for row in csv.DictReader(io.StringIO(content.decode())) if row["TYPECOM"] == "COM"]

    def data(count: int) -> tablib.Dataset:
        return tablib.Dataset(*[tuple(row.values()) for row in rows[:count]], headers=list(rows[0]))

    def run(bulk: bool, count: int) -> Callable[[], Any]:
        return lambda: stock_resource(bulk).import_data(data(count), raise_errors=True)

    whole, _ = measured("stock import-export, best bulk settings", run(True, len(rows)), rounds=1)
    whole.rows, whole.note = len(rows), "communes only: no population, ending, link nor territory"
    part, _ = measured(f"stock import-export, defaults, {sample} rows", run(False, sample), rounds=1)
    share = len(rows) / sample
    extrapolated = Line(
        "  the same, extrapolated to the whole file", part.seconds * share, round(part.queries * share), len(rows)
    )
    extrapolated.note = f"x {share:.1f}, not measured; the admin runs it twice (preview, then import)"
    return [whole, part, extrapolated]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=SAMPLE)
    options = parser.parse_args()
    wanted = os.environ.pop("DATABASE_URL", "")
    if wanted and not os.environ.get("BENCH_ONE"):
        for url in ("", wanted):
            env = {**os.environ, "BENCH_ONE": "1", "TEST_DATABASE_URL": url}
            subprocess.run([sys.executable, "-m", __spec__.name, *sys.argv[1:]], env=env, check=True)
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django  # noqa: PLC0415 (after the environment is set)

    django.setup()
    from django.db import connection  # noqa: PLC0415 (Django is set up just above)
    from django.test.runner import DiscoverRunner  # noqa: PLC0415 (Django is set up just above)

    from territories.reference import load_places  # noqa: PLC0415 (Django is set up just above)
    from territories.shipped import COMMUNE_LISTS, MOVEMENTS, shipped_bytes  # noqa: PLC0415 (same)

    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        load_places()
        first, second, movements = (shipped_bytes(name) for name in (*COMMUNE_LISTS.values(), MOVEMENTS))
        idle = peak_mb()
        bare = bare_lines(first, second)
        lines = [*bare, *our_lines(first, second, movements, bare), *stock_lines(second, options.sample)]
        print(f"\n{connection.vendor}, {len(second.splitlines()) - 1} lines; Django alone {idle:.0f} MB")
        print(f"{'':<46} {'seconds':>8} {'/bare':>6} {'queries':>8} {'rows':>8} {'MB':>5}")
        for line in lines:
            print(line.show())
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    main()
