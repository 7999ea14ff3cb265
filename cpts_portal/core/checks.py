"""What `manage.py check --deploy` says besides Django's own checks."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

CONSOLE = "django.core.mail.backends.console.EmailBackend"


@register(Tags.security, deploy=True)
def mail_leaves_the_server(**_options: Any) -> list[CheckMessage]:
    """Invitations and password resets are links in e-mails: written to the console, nobody would receive them."""
    if settings.EMAIL_BACKEND != CONSOLE:
        return []
    return [
        Warning("E-mails are only written to the console.", hint="Set EMAIL_URL (see .env.example).", id="portal.W001")
    ]
