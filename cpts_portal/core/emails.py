"""E-mails in French, as text and HTML, sent once the transaction is committed."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

SUBJECT_PREFIX = "[Portail CPTS] "


def send_on_commit(name: str, to: str, context: dict[str, Any]) -> None:
    """Send `templates/emails/<name>.{subject.txt,txt,html}` to one address.

    The texts are written now, with what the transaction sees; nothing is sent when it is rolled back.
    """
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
