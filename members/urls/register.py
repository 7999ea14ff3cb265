"""Addresses of the members app: see `members/urls/__init__.py`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
