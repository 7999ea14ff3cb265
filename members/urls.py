"""Addresses of the app: each room has its own; what concerns one CPTS stands under its number."""

from members.directory import urls as directory
from members.dues import urls as dues
from members.figures import urls as figures
from members.joining import urls as joining
from members.listing import urls as listing
from members.membership import urls as membership
from members.privacy import urls as privacy
from members.records import urls as records
from members.register_import import urls as register_import

app_name = "members"
urlpatterns = [
    *listing.urlpatterns,
    *dues.urlpatterns,
    *records.urlpatterns,
    *membership.urlpatterns,
    *joining.urlpatterns,
    *register_import.urlpatterns,
    *figures.urlpatterns,
    *directory.urlpatterns,
    *privacy.urlpatterns,
]
