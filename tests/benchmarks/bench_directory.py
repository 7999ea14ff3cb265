"""Time and memory of the directory import against a bare scan of the same file.

    python -m tests.benchmarks.bench_directory [--rows 500000 2200000] [--folder /tmp/bench]

Each measure runs in its own process, so that its peak memory is its own. The bare scan is a plain loop over the lines
that looks at the commune field and decodes nothing. The database is the one of DATABASE_URL when it is set (a database
that already exists is used: give one made for this), else a new SQLite file.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMUNES, FOLLOWED = 35_000, 60
STEPS = ("bare", "scan", "import", "again")
LABELS = {"bare": "bare scan", "scan": "our scan only", "import": "import, first run", "again": "import, second run"}


def main() -> None:
    options = _options()
    if options.step:
        _run_step(options)
        return
    folder = Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    titles = f"{'seconds':>9}{'x bare':>8}{'CPU s':>9}{'x bare':>8}{'peak MB':>9}"
    print(f"{'rows':>9}  {'communes':>8}  {'step':<20}{titles}  people / practices")
    for rows in options.rows:
        path = _extract(folder, rows)
        for followed in (FOLLOWED, COMMUNES) if options.whole_country else (FOLLOWED,):
            _measure(folder, path, rows, followed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[500_000, 2_200_000])
    parser.add_argument("--folder", default=str(Path(tempfile.gettempdir()) / "bench-directory"))
    parser.add_argument("--no-whole-country", dest="whole_country", action="store_false")
    parser.add_argument("--step", choices=("prepare", *STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--path", help=argparse.SUPPRESS)
    parser.add_argument("--followed", type=int, default=FOLLOWED, help=argparse.SUPPRESS)
    return parser.parse_args()


def _extract(folder: Path, rows: int) -> Path:
    from members.directory.fictitious_people import places, write_extract  # noqa: PLC0415 (not needed by the steps)

    path = folder / f"PS_LibreAcces_Personne_activite_20261101_{rows}.txt"
    timing = Timing()
    with path.open("wb") as out:
        written = write_extract(out, rows, places(COMMUNES))
    print(f"-- {rows} rows, {written / 1e6:.0f} MB generated in {timing.stop().seconds:.1f} s")
    return path


def _measure(folder: Path, path: Path, rows: int, followed: int) -> None:
    environment = {**os.environ, "DEBUG": "true", "DATA_DIR": str(folder)}
    if not environment.get("DATABASE_URL"):
        database = folder / "bench.sqlite3"
        for leftover in folder.glob("bench.sqlite3*"):
            leftover.unlink()
        environment["DATABASE_URL"] = f"sqlite:///{database}"
    bare: tuple[float, ...] = ()
    for step in ("prepare", *STEPS):
        command = [sys.executable, "-m", "tests.benchmarks.bench_directory", "--step", step, "--path", str(path)]
        done = subprocess.run(
            [*command, "--followed", str(followed)], env=environment, check=True, stdout=subprocess.PIPE, text=True
        )
        if step == "prepare":
            continue
        *numbers, note = done.stdout.strip().splitlines()[-1].split("|")
        seconds, cpu, peak = map(float, numbers)
        bare = bare or (seconds, cpu)
        figures = f"{seconds:>9.1f}{seconds / bare[0]:>8.1f}{cpu:>9.1f}{cpu / bare[1]:>8.1f}{peak:>9.0f}"
        print(f"{rows:>9}  {followed:>8}  {LABELS[step]:<20}{figures}  {note}", flush=True)


def _run_step(options: argparse.Namespace) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpts_portal.settings")
    import django  # noqa: PLC0415 (only the steps need Django)

    django.setup()
    steps = {"prepare": _prepare, "bare": _bare, "scan": _scan, "import": _import, "again": _import}
    timing, note = steps[options.step](options)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{timing.seconds}|{timing.cpu}|{peak}|{note}")


class Timing:
    """Wall clock and processor time (all threads) since its creation; the second one ignores a busy machine."""

    def __init__(self) -> None:
        self._start, self._cpu = time.perf_counter(), time.process_time()
        self.seconds = self.cpu = 0.0

    def stop(self) -> "Timing":
        self.seconds, self.cpu = time.perf_counter() - self._start, time.process_time() - self._cpu
        return self


def _prepare(options: argparse.Namespace) -> tuple[Timing, str]:
    """A new database with the fictitious communes; the first ones of the list are followed."""
    from datetime import date  # noqa: PLC0415 (imports of this step only, Django being set up by now)

    from django.core.management import call_command  # noqa: PLC0415

    from cpts_portal.core.scoping import everything  # noqa: PLC0415
    from members.directory.fictitious_people import places  # noqa: PLC0415
    from members.models import DirectoryCoverage, DirectoryEntry, DirectoryImport, DirectoryPractice  # noqa: PLC0415
    from territories.models import Agency, Commune, Cpts, CptsCommune, Department, Region  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    with everything("benchmark"):
        for model in (DirectoryPractice, DirectoryEntry, DirectoryCoverage, DirectoryImport):
            model.objects.all().delete()
        CptsCommune.directory.all().delete()
        Cpts.directory.all().delete()
        Commune.objects.all().delete()
        Department.objects.all().delete()
        region, _ = Region.objects.get_or_create(code="00", name="Région fictive")
        everywhere = places(COMMUNES)
        codes = sorted({place.code[:2] for place in everywhere})
        Department.objects.bulk_create(
            Department(code=code, name=f"Département {code}", region=region) for code in codes
        )
        departments = dict(Department.objects.values_list("code", "pk"))
        Commune.objects.bulk_create(
            Commune(code=p.code, name=p.name, postal_codes=p.postal_code, department_id=departments[p.code[:2]])
            for p in everywhere
        )
        ars, fund = (Agency.objects.get_or_create(kind=kind, name=kind)[0] for kind in ("ars", "cpam"))
        cpts = Cpts.directory.create(name="Banc d’essai", ars=ars, lead_fund=fund)
        followed = Commune.objects.order_by("code")[: options.followed]
        CptsCommune.directory.bulk_create(
            CptsCommune(cpts=cpts, commune=commune, start=date(2024, 1, 1)) for commune in followed
        )
    return Timing(), ""


def _bare(options: argparse.Namespace) -> tuple[Timing, str]:
    from members.directory.fictitious_people import POSITIONS, places  # noqa: PLC0415 (this step only)

    wanted = {code.encode() for code in sorted(place.code for place in places(COMMUNES))[: options.followed]}
    commune = POSITIONS["commune"]
    kept = 0
    timing = Timing()
    with open(options.path, "rb", buffering=1 << 20) as lines:
        for line in lines:
            if line.split(b"|", commune + 1)[commune] in wanted:
                kept += 1
    return timing.stop(), f"{kept} lines"


def _scan(options: argparse.Namespace) -> tuple[Timing, str]:
    from django.utils import timezone  # noqa: PLC0415 (imports of this step only, Django being set up by now)

    from members.directory.imports.columns import HEADER_BYTES, read_columns  # noqa: PLC0415
    from members.directory.imports.perimeter import Perimeter  # noqa: PLC0415
    from members.directory.imports.scanning import Scan, Spools  # noqa: PLC0415
    from members.directory.imports.sources import opened  # noqa: PLC0415
    from members.directory.imports.tally import Tally  # noqa: PLC0415

    tally = Tally()
    timing = Timing()
    perimeter = Perimeter.on(timezone.localdate())
    with Spools() as spools, opened(options.path, member="", tell=float) as extract:
        lines = extract.lines()
        Scan(read_columns(lines.readline(HEADER_BYTES)), perimeter, tally, spools).run(lines)
    return timing.stop(), f"{tally.counts['kept']} lines kept"


def _import(options: argparse.Namespace) -> tuple[Timing, str]:
    from datetime import date  # noqa: PLC0415 (imports of this step only, Django being set up by now)

    from members.directory.imports import import_directory  # noqa: PLC0415

    timing = Timing()
    done = import_directory(options.path, observed_on=date(2026, 11, 1), by=None)
    counts = done.counts
    return timing.stop(), (
        f"{counts['people']} people, {counts['practices_started']} started, {counts['practices_kept']} unchanged"
    )


if __name__ == "__main__":
    main()
