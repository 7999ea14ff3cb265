"""`manage.py check_kept_files`: reads again every file that bears a print; fails when one is altered or missing."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.models import ContractVersion, Document
from cpts_portal.core.given_files import is_intact
from cpts_portal.core.scoping import everything
from cpts_portal.core.text import plural
from missions.models import Proof


def kept_files() -> Iterator[tuple[str, Any, str]]:
    """What each file is, the file, its print: proofs of indicators, documents of the contracts, sealed texts."""
    for proof in Proof.objects.exclude(file="").order_by("pk").iterator():
        yield f"preuve n° {proof.pk}", proof.file, proof.sha256
    for document in Document.objects.filter(withdrawn_at=None).exclude(file="").order_by("pk").iterator():
        yield f"document n° {document.pk}", document.file, document.sha256
    for version in ContractVersion.objects.exclude(sealed_file="").order_by("pk").iterator():
        words = f"contrat signé n° {version.contract_id}, texte n° {version.number}"
        yield words, version.sealed_file, version.file_sha256


class Command(BaseCommand):
    help = "Vérifie que les fichiers gardés (preuves, documents, contrats signés) sont ceux qui ont été déposés."

    def handle(self, *_: Any, **__: Any) -> None:
        altered, read = [], 0
        with everything("check of the kept files"):
            for words, stored, sha256 in kept_files():
                read += 1
                if not is_intact(stored, sha256):
                    altered.append(words)
                    self.stderr.write(f"Modifié ou absent : {words} ({stored.name}).")
        if altered:
            wrong = plural(len(altered), "fichier modifié ou absent", "fichiers modifiés ou absents")
            raise CommandError(f"{wrong} sur {read}.")
        self.stdout.write(f"{plural(read, 'fichier intact', 'fichiers intacts')}.")
