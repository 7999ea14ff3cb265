"""Why a file, or one of its cells, cannot be read: the message says it in French, to the person who gave it."""


class Unreadable(ValueError):
    """The file as a whole cannot be read; the message says what to do, in French."""


class BadCell(ValueError):
    """The cell cannot be read; the message is the reason, in French."""
