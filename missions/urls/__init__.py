"""Addresses of the missions app, one module per room; everything about one CPTS stands under its number."""

from missions.urls import actions, attendance, batches, indicators, meetings, missions, payments, proofs, results

app_name = "missions"
urlpatterns = [
    *missions.urlpatterns,
    *actions.urlpatterns,
    *indicators.urlpatterns,
    *results.urlpatterns,
    *proofs.urlpatterns,
    *meetings.urlpatterns,
    *attendance.urlpatterns,
    *payments.urlpatterns,
    *batches.urlpatterns,
]
