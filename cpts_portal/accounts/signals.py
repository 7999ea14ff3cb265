"""What must happen whoever asks: a viewing ends with the session, and history never names the person viewed."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from cpts_portal.accounts import viewing


@receiver(user_logged_out)
def end_viewings(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:  # noqa: ARG001
    if user is not None:
        viewing.stop_viewings(by=user)


@receiver(pre_create_historical_record)
def name_the_person_at_the_keyboard(sender: Any, history_instance: Any, **kwargs: Any) -> None:  # noqa: ARG001
    request = getattr(HistoricalRecords.context, "request", None)
    entry = getattr(request, "viewing_as", None)
    if entry is not None:
        history_instance.history_user = entry.administrator
