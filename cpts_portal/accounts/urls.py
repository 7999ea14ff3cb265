"""Own account, accesses, invitations, users, viewings and agencies."""

from django.urls import path

from cpts_portal.accounts.views import agencies, invitations, own, users, viewing

app_name = "accounts"
urlpatterns = [
    path("", own.Profile.as_view(), name="profile"),
    path("acces/choisir/", own.AccessChoose.as_view(), name="access-choose"),
    path("acces/<int:pk>/terminer/", users.AccessEnd.as_view(), name="access-end"),
    path("utilisateurs/", users.UserList.as_view(), name="user-list"),
    path("utilisateurs/<int:pk>/", users.UserDetail.as_view(), name="user-detail"),
    path("utilisateurs/<int:pk>/modifier/", users.UserEdit.as_view(), name="user-edit"),
    path("utilisateurs/<int:pk>/acces/nouveau/", users.AccessAdd.as_view(), name="access-add"),
    path("utilisateurs/<int:pk>/desactiver/", users.UserDeactivate.as_view(), name="user-deactivate"),
    path("utilisateurs/<int:pk>/reactiver/", users.UserReactivate.as_view(), name="user-reactivate"),
    path("utilisateurs/<int:pk>/voir-comme/", viewing.ViewingStart.as_view(), name="viewing-start"),
    path("consultations/", viewing.ViewingList.as_view(), name="viewing-list"),
    path("consultations/arreter/", viewing.ViewingStop.as_view(), name="viewing-stop"),
    path("invitations/", invitations.InvitationList.as_view(), name="invitation-list"),
    path("invitations/nouvelle/", invitations.InvitationNew.as_view(), name="invitation-new"),
    path("invitations/<int:pk>/renvoyer/", invitations.InvitationResend.as_view(), name="invitation-resend"),
    path("invitations/<int:pk>/annuler/", invitations.InvitationCancel.as_view(), name="invitation-cancel"),
    path("invitation/<str:token>/", invitations.InvitationAccept.as_view(), name="invitation-accept"),
    path("agences/", agencies.AgencyList.as_view(), name="agency-list"),
    path("agences/nouvelle/", agencies.AgencyNew.as_view(), name="agency-new"),
    path("agences/<int:pk>/", agencies.AgencyDetail.as_view(), name="agency-detail"),
    path("agences/<int:pk>/modifier/", agencies.AgencyEdit.as_view(), name="agency-edit"),
]
