from django.urls import path

from cpts_portal.home import gallery, views

app_name = "home"
urlpatterns = [
    path("", views.PublicHome.as_view(), name="public"),
    path("suggestions/", views.PublicSuggestions.as_view(), name="public-suggestions"),
    path("recherche/", views.Search.as_view(), name="search"),
    path("accessibilite/", views.Accessibility.as_view(), name="accessibility"),
    path("mentions-legales/", views.Legal.as_view(), name="legal"),
    path("galerie/", gallery.Gallery.as_view(), name="gallery"),
    path("galerie/<slug:page>/", gallery.GalleryPage.as_view(), name="gallery-page"),
    path("tableau-de-bord/", views.Dashboard.as_view(), name="dashboard"),
]
