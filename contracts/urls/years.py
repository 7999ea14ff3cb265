"""The yearly review of a year of the contract."""

from django.urls import path

from contracts.views import years

CPTS = "<int:cpts_id>/"
YEAR = f"{CPTS}annees/<int:pk>/dialogue/"

urlpatterns = [
    path(YEAR, years.YearReview.as_view(), name="year-review"),
    path(f"{YEAR}valider/", years.YearValidate.as_view(), name="year-validate"),
    path(f"{YEAR}reunion/", years.YearMeeting.as_view(), name="year-meeting"),
    path(f"{YEAR}releve/", years.YearRecord.as_view(), name="year-record"),
    path(f"{CPTS}indicateurs-presentes/<int:pk>/decider/", years.LineDecide.as_view(), name="line-decide"),
]
