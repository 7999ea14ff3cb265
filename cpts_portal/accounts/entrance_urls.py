"""The pages of allauth the portal offers, under French addresses.

Left out on purpose: sign-up (accounts are born from invitations), e-mail management and confirmation (the address is
the administrator's to change), codes by e-mail, social accounts. Names are allauth's own: its views reverse them.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path

urlpatterns = [
    path("connexion/", account.login, name="account_login"),
    path("deconnexion/", account.logout, name="account_logout"),
    path("desactive/", account.account_inactive, name="account_inactive"),
    path("confirmer-identite/", account.reauthenticate, name="account_reauthenticate"),
    path("mot-de-passe/", account.password_change, name="account_change_password"),
    path("mot-de-passe/oublie/", account.password_reset, name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("mot-de-passe/enregistre/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("securite/", mfa.index, name="mfa_index"),
    path("securite/code/", mfa.authenticate, name="mfa_authenticate"),
    path("securite/confirmer/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("securite/application/activer/", totp.activate_totp, name="mfa_activate_totp"),
    path("securite/application/desactiver/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("securite/codes-de-secours/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("securite/codes-de-secours/creer/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("securite/codes-de-secours/telecharger/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("securite/cles/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("securite/cles/ajouter/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("securite/cles/confirmer/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("securite/cles/<int:pk>/supprimer/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("securite/cles/<int:pk>/modifier/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
]
