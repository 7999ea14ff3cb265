"""The columns of the official map in the admin's exports: those of the published formats, so that an exported list
can be imported again."""

from django.db.models import OuterRef, QuerySet, Subquery
from import_export.fields import Field

from cpts_portal.adminsite import PortalResource
from territories.commune_import import LAYOUTS
from territories.models import Commune, Population

# What each column of the complete list is read from.
ATTRIBUTES = {
    "TYPECOM": "kind",
    "COM": "code",
    "LIBELLE": "name",
    "COMPARENT": "parent__code",
    "DEP": "department__code",
    "REG": "department__region__code",
    "EPCI": "epci__siren",
    "PMUN": "latest_population",
    "CODES_POSTAUX": "postal_codes",
}
COLUMNS = [column.name for column in LAYOUTS["portal"].columns]


class CommuneResource(PortalResource):
    """Reads and names the columns; importing goes through `territories.commune_import`."""

    class Meta:
        model = Commune
        fields = COLUMNS
        export_order = COLUMNS

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        self.fields = {name: Field(attribute=ATTRIBUTES[name], column_name=name, readonly=True) for name in COLUMNS}

    def filter_export(self, queryset: QuerySet, **kwargs) -> QuerySet:  # noqa: ARG002 (signature of import-export)
        """With the latest known population, in one query."""
        populations = Population.objects.filter(commune=OuterRef("pk")).order_by("-vintage").values("municipal")
        places = queryset.select_related("parent", "department__region", "epci")
        return places.annotate(latest_population=Subquery(populations[:1]))
