"""The register list, its bulk actions and saved searches."""

from django.urls import path

from members.views import register, register_bulk, register_dues, register_mail, saved_filters

urlpatterns = [
    path("<int:cpts_id>/", register.RegisterList.as_view(), name="register"),
    path("<int:cpts_id>/selection/college/", register_bulk.BulkCollege.as_view(), name="bulk-college"),
    path("<int:cpts_id>/selection/depart/", register_bulk.BulkDeparture.as_view(), name="bulk-departure"),
    path("<int:cpts_id>/selection/courriel/", register_mail.BulkMail.as_view(), name="bulk-mail"),
    path("<int:cpts_id>/selection/export/", register_bulk.BulkExport.as_view(), name="bulk-export"),
    path("<int:cpts_id>/selection/paiements/", register_dues.BulkPayments.as_view(), name="bulk-payments"),
    path("<int:cpts_id>/selection/rappel/", register_dues.BulkReminder.as_view(), name="bulk-reminder"),
    path("<int:cpts_id>/selection/attestations/", register_dues.BulkCertificates.as_view(), name="bulk-certificates"),
    path("<int:cpts_id>/recherches/nouvelle/", saved_filters.SavedFilterAdd.as_view(), name="saved-filter-add"),
    path(
        "<int:cpts_id>/recherches/<int:saved_filter_id>/supprimer/",
        saved_filters.SavedFilterDelete.as_view(),
        name="saved-filter-delete",
    ),
]
