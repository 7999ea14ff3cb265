"""Why an import does not happen, in French, for the person who asked for it. Nothing was written."""

from typing import Any

from cpts_portal.core.refusals import NotPossible


class ImportRefused(NotPossible):
    """The file cannot be applied, or the import cannot be undone: what it holds, or what stands here, says no.

    `line` and `column` when they are known; `plan` and `imported`: what was read, and the row that keeps the attempt.
    """

    def __init__(
        self, message: str, *, line: int | None = None, column: str = "", plan: Any = None, imported: Any = None
    ) -> None:
        super().__init__(message)
        self.line, self.column = line, column
        self.plan, self.imported = plan, imported

    def __str__(self) -> str:
        place = f"Ligne {self.line}" if self.line else ""
        if self.column:
            place = f"{place}, colonne « {self.column} »" if place else f"Colonne « {self.column} »"
        return f"{place} : {super().__str__()}" if place else super().__str__()


class ImportConflict(NotPossible):
    """The import cannot move on: somebody else did something first."""
