"""Addresses of the room `contracts.yearly`."""

from django.urls import path

from contracts.shared.addresses import CPTS
from contracts.yearly import views

YEAR = f"{CPTS}annees/<int:pk>/dialogue/"

urlpatterns = [
    path(YEAR, views.YearReview.as_view(), name="year-review"),
    path(f"{YEAR}valider/", views.YearValidate.as_view(), name="year-validate"),
    path(f"{YEAR}reunion/", views.YearMeeting.as_view(), name="year-meeting"),
    path(f"{YEAR}releve/", views.YearRecord.as_view(), name="year-record"),
    path(f"{CPTS}indicateurs-presentes/<int:pk>/decider/", views.LineDecide.as_view(), name="line-decide"),
]
