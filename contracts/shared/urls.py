"""Addresses of the room `contracts.shared`."""

from django.urls import path

from contracts.shared import views
from contracts.shared.addresses import CPTS

urlpatterns = [
    path(f"{CPTS}journal/", views.Journal.as_view(), name="journal"),
]
