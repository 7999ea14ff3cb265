"""Why an import of the directory does not happen: the message is the French sentence to show."""


class ImportRefused(Exception):
    """Nothing was written; the message says why and what to do. `line` and `column` are given when they are known."""

    def __init__(self, message: str, *, line: int | None = None, column: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = f"Ligne {self.line}" if self.line else ""
        if self.column:
            place = f"{place}, colonne « {self.column} »" if place else f"Colonne « {self.column} »"
        return f"{place} : {self.args[0]}" if place else str(self.args[0])


class HeavyLoss(ImportRefused):
    """The file would end so many known rows that it is probably cut short; whoever knows better may accept it."""


class ImportBusy(ImportRefused):
    """Another import of the directory is running."""

    def __init__(self) -> None:
        super().__init__("Un autre import de l’annuaire est en cours. Recommencez quand il sera terminé.")
