"""The public application form, apart from the pages of the register: no account, a short address to print."""

from django.urls import path

from members.joining.views import public as application

app_name = "joining"
urlpatterns = [
    path("<str:form_token>/", application.Join.as_view(), name="form"),
    path("<str:form_token>/merci/", application.Thanks.as_view(), name="thanks"),
]
