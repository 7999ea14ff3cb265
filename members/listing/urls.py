"""Addresses of the room `members.listing`."""

from django.urls import path

from members.listing.views import bulk, mail, register, saved_filters

urlpatterns = [
    path("<int:cpts_id>/", register.RegisterList.as_view(), name="register"),
    path("<int:cpts_id>/selection/college/", bulk.BulkCollege.as_view(), name="bulk-college"),
    path("<int:cpts_id>/selection/depart/", bulk.BulkDeparture.as_view(), name="bulk-departure"),
    path("<int:cpts_id>/selection/courriel/", mail.BulkMail.as_view(), name="bulk-mail"),
    path("<int:cpts_id>/selection/export/", bulk.BulkExport.as_view(), name="bulk-export"),
    path("<int:cpts_id>/recherches/nouvelle/", saved_filters.SavedFilterAdd.as_view(), name="saved-filter-add"),
    path(
        "<int:cpts_id>/recherches/<int:saved_filter_id>/supprimer/",
        saved_filters.SavedFilterDelete.as_view(),
        name="saved-filter-delete",
    ),
]
