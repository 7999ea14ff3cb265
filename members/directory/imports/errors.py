"""Why an import of the directory does not happen: the message is the French sentence to show."""

from cpts_portal.imports.refusals import ImportRefused


class HeavyLoss(ImportRefused):
    """The file would end so many known rows that it is probably cut short; whoever knows better may accept it."""


class ImportBusy(ImportRefused):
    """Another import of the directory is running."""

    def __init__(self) -> None:
        super().__init__("Un autre import de l’annuaire est en cours. Recommencez quand il sera terminé.")
