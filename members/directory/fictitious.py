"""Numbers for fictitious people: right in form and key, in a range that is not attributed."""

UNUSED_RANGE = "99"  # every RPPS in use starts with 10; no department bears 99
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def fictitious_rpps(number: int) -> str:
    """The RPPS of the made-up person of this number (up to 99 999 999): its Luhn key holds, nobody bears it."""
    return _with_key(f"{UNUSED_RANGE}{number:08d}")


def fictitious_finess(number: int) -> str:
    """The FINESS of the made-up structure of this number (up to 999 999), key included."""
    return _with_key(f"{UNUSED_RANGE}{number:06d}")


def fictitious_siret(number: int) -> str:
    """The SIRET of the made-up structure of this number (up to 999 999): both keys hold."""
    return _with_key(f"{_with_key(f'{UNUSED_RANGE}{number:06d}')}0001")


def _with_key(start: str) -> str:
    """Luhn by hand: the extract of a benchmark holds a million of them."""
    total = sum(_DOUBLED[int(c)] if i % 2 == 0 else int(c) for i, c in enumerate(reversed(start)))
    return f"{start}{-total % 10}"
