"""Addresses of pages that may not exist: a link is shown when it leads somewhere."""

from typing import Any

from django.urls import NoReverseMatch, reverse


def address(url_name: str, *args: Any) -> str:
    """The address of a page, or nothing when no page has this name."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""
