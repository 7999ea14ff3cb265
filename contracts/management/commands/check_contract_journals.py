"""`manage.py check_contract_journals`: reads again the chained journal of every CPTS; fails when one is broken."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contracts.models import JournalEntry
from contracts.shared.journal import check_journal
from cpts_portal.core.scoping import everything
from cpts_portal.core.text import plural
from territories.models import Cpts


class Command(BaseCommand):
    help = "Vérifie que le journal des décisions de chaque CPTS n’a pas été modifié."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cpts", type=int, help="numéro d’une seule CPTS")

    def handle(self, *_: Any, **options: Any) -> None:
        with everything("check of the journals"):
            written = Cpts.objects.filter(pk__in=JournalEntry.objects.values("cpts"))
            found = written.filter(pk=options["cpts"]) if options["cpts"] else written
            states = [(cpts, check_journal(cpts)) for cpts in found.order_by("name", "pk")]
        broken = [(cpts, state.broken) for cpts, state in states if state.broken]
        for cpts, line in broken:
            self.stderr.write(f"{cpts.full_name} (n° {cpts.pk}) : rompu à la ligne {line.rank} du {line.at:%d/%m/%Y}.")
        lines = sum(state.lines for _, state in states)
        if broken:
            raise CommandError(f"{plural(len(broken), 'journal rompu', 'journaux rompus')} sur {len(states)}.")
        read = f"{plural(lines, 'ligne relue', 'lignes relues')}"
        self.stdout.write(f"{plural(len(states), 'journal intact', 'journaux intacts')}, {read}.")
