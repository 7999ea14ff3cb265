"""Model fields the portal adds to Django's."""

from typing import Any

from django.db import models


class WebAddressField(models.URLField):
    """A URL typed without scheme is completed with https (Django 6's default, without its transition warning)."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https", **kwargs})
