"""Numbers for fictitious people: right in form and key, in a range that is not attributed."""

from stdnum import luhn

UNUSED_RANGE = "99"  # every RPPS in use starts with 10


def fictitious_rpps(number: int) -> str:
    """The RPPS of the made-up person of this number (up to 99 999 999): its Luhn key holds, nobody bears it."""
    start = f"{UNUSED_RANGE}{number:08d}"
    return start + luhn.calc_check_digit(start)
