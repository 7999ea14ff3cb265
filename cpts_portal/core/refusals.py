"""A rule of the field that says no."""


class NotPossible(Exception):
    """The act does not fit the state of things; the message says so in French, and is shown where it was asked."""
