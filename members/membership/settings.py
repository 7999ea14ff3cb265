"""What a CPTS sets for its memberships: charter, public form and its secret link, receipt numbers."""

import secrets
from typing import Any

from django.db import transaction

from cpts_portal.accounts.models import User
from cpts_portal.core.history import latest_change_id, save_as
from cpts_portal.core.versions import StaleEdit
from members.models import MembershipSettings
from territories.models import Cpts

TOKEN_BYTES = 15


def settings_of(cpts: Cpts) -> MembershipSettings:
    """The settings of a CPTS; not saved yet when nobody changed them."""
    return MembershipSettings.objects.filter(cpts=cpts).first() or MembershipSettings(cpts=cpts)


def state_of(found: MembershipSettings) -> str:
    return str(latest_change_id(found) if found.pk else 0)


@transaction.atomic
def change_settings(cpts: Cpts, *, values: dict[str, Any], state: str, by: User) -> MembershipSettings:
    """Save the settings; the link of the form is drawn once and kept. Raises `StaleEdit`."""
    Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    found = settings_of(cpts)
    if state != state_of(found):
        raise StaleEdit
    for name, value in values.items():
        setattr(found, name, value)
    found.form_token = found.form_token or new_token()
    save_as(found, by=by)
    return found


@transaction.atomic
def renew_link(cpts: Cpts, *, by: User) -> MembershipSettings:
    """A new link: the old one, and the posters that carry it, stop working."""
    found = settings_of(cpts)
    found.form_token = new_token()
    save_as(found, by=by, reason="Nouveau lien du formulaire")
    return found


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)
