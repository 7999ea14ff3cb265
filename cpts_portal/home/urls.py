from django.urls import path

from cpts_portal.home import views

app_name = "home"
urlpatterns = [
    path("", views.PublicHome.as_view(), name="public"),
    path("tableau-de-bord/", views.Dashboard.as_view(), name="dashboard"),
]
