from django.urls import path

from cpts_portal.home import gallery
from cpts_portal.home.views import dashboard, public, search

app_name = "home"
urlpatterns = [
    path("", public.PublicHome.as_view(), name="public"),
    path("suggestions/", public.PublicSuggestions.as_view(), name="public-suggestions"),
    path("recherche/", search.Search.as_view(), name="search"),
    path("accessibilite/", public.Accessibility.as_view(), name="accessibility"),
    path("mentions-legales/", public.Legal.as_view(), name="legal"),
    path("galerie/", gallery.Gallery.as_view(), name="gallery"),
    path("galerie/<slug:page>/", gallery.GalleryPage.as_view(), name="gallery-page"),
    path("tableau-de-bord/", dashboard.Dashboard.as_view(), name="dashboard"),
]
