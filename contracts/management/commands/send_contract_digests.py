"""`manage.py send_contract_digests [--dry-run]`: the daily summaries of the files, to be run every morning."""

from smtplib import SMTPException
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from contracts.talk.digests import daily_choices, digest_for, send_digest
from cpts_portal.core.scoping import everything
from cpts_portal.core.text import plural


class Command(BaseCommand):
    help = "Envoie le résumé du jour à qui l’a demandé : rien à qui rien n’est arrivé."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit à qui il serait écrit, sans rien envoyer")

    def handle(self, *_: Any, **options: Any) -> None:
        moment, written, lines, failed = timezone.now(), 0, 0, []
        with everything("daily summaries of the files"):
            for choice in daily_choices():
                try:
                    count = digest_for(choice, moment).count if options["dry_run"] else send_digest(choice, moment)
                except (SMTPException, OSError) as error:
                    failed.append(choice.user.email)
                    self.stderr.write(f"{choice.user.email} : {error}")
                    continue
                written, lines = written + bool(count), lines + count
                if count and options["dry_run"]:
                    self.stdout.write(f"{choice.user.email} : {plural(count, 'ligne')}")
        done = "Essai : rien n’a été envoyé. " if options["dry_run"] else ""
        self.stdout.write(f"{done}{plural(written, 'résumé')}, {plural(lines, 'ligne')}.")
        if failed:
            raise CommandError(f"{plural(len(failed), 'résumé')} en échec : ils repartiront à la prochaine exécution.")
