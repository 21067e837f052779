from django.urls import path
from django.views.i18n import set_language

from betterstart.access.views import account, invitations, people, service

app_name = "access"
urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/invite/", invitations.invite, name="invite"),
    path("people/invitations/<int:invitation_id>/resend/", invitations.resend, name="invitation-resend"),
    path("people/invitations/<int:invitation_id>/revoke/", invitations.revoke, name="invitation-revoke"),
    path("people/<int:person_id>/", people.person, name="person"),
    path("people/<int:person_id>/roles/add/", people.add_role, name="role-add"),
    path("people/<int:person_id>/roles/<int:membership_id>/end/", people.end_role, name="role-end"),
    path("people/<int:person_id>/end-access/", people.end_access, name="end-access"),
    path("people/<int:person_id>/restore-access/", people.restore_access, name="restore-access"),
    path("people/<int:person_id>/reset-second-step/", people.reset_second_factor, name="reset-second-factor"),
    path("people/<int:person_id>/sign-out/", people.sign_out_everywhere, name="sign-out-everywhere"),
    path("services/", service.services, name="services"),
    path("services/new/", service.service_form, name="service-add"),
    path("services/<int:service_id>/", service.service_form, name="service"),
    path("organisations/<int:organisation_id>/", service.organisation, name="organisation"),
    path("invitation/<str:token>/", invitations.accept, name="accept"),
    path("me/", account.account, name="account"),
    path("me/second-step/", account.second_factor, name="second-factor"),
    path("language/", set_language, name="set-language"),
]
