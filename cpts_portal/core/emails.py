"""E-mails in French, as text and HTML, sent once the transaction is committed."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

SUBJECT_PREFIX = "[Portail CPTS] "


_silenced: ContextVar[bool] = ContextVar("mails_silenced", default=False)


@contextmanager
def without_mails() -> Iterator[None]:
    """Nothing is written to anybody within: the demonstration lives years of files in a second."""
    token = _silenced.set(True)
    try:
        yield
    finally:
        _silenced.reset(token)


def send_on_commit(name: str, to: str, context: dict[str, Any]) -> None:
    """Send `templates/emails/<name>.{subject.txt,txt,html}` to one address.

    The texts are written now, with what the transaction sees; nothing is sent when it is rolled back.
    """
    if not _silenced.get():
        transaction.on_commit(compose(name, to, context).send)


def compose(
    name: str, to: str, context: dict[str, Any], *, reply_to: str = "", connection: Any = None
) -> EmailMultiAlternatives:
    """The message, not sent: for a preview, or to send many through one connection."""
    context = {"site_url": settings.SITE_URL, **context}
    subject = " ".join(render_to_string(f"emails/{name}.subject.txt", context).split())
    message = EmailMultiAlternatives(
        subject=f"{SUBJECT_PREFIX}{subject}",
        body=render_to_string(f"emails/{name}.txt", context),
        to=[to],
        reply_to=[reply_to] if reply_to else None,
        connection=connection,
    )
    message.attach_alternative(render_to_string(f"emails/{name}.html", context), "text/html")
    return message
