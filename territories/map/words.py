"""Populations in words."""

from cpts_portal.core.text import plural


def population_text(vintage: int | None, older: int) -> str:
    """« population municipale 2027, dont 17 communes d’un millésime plus ancien »."""
    if not older:
        return f"population municipale {vintage}"
    communes = plural(older, "commune", "communes")
    return f"population municipale {vintage}, dont {communes} d’un millésime plus ancien"


def older_text(vintage: int | None, older: int) -> str:
    """What stands in for the figures that a vintage does not give."""
    return (
        f"Le millésime {vintage} ne donne pas la population de {plural(older, 'commune')} : "
        "la dernière connue est comptée."
    )
