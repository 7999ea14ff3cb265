"""Addresses of the app: each room has its own; what concerns one CPTS stands under its number."""

from missions.indicators import urls as indicators
from missions.meetings import urls as meetings
from missions.pay import urls as pay
from missions.plan import urls as plan

app_name = "missions"
urlpatterns = [
    *plan.urlpatterns,
    *meetings.urlpatterns,
    *indicators.urlpatterns,
    *pay.urlpatterns,
]
