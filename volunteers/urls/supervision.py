from django.urls import path

from volunteers.views import my_supervision, supervision, supervision_overseen

urlpatterns = [
    path("volunteers/<int:pk>/supervision/", supervision.volunteer_talks, name="supervision-list"),
    path("volunteers/<int:pk>/supervision/plan/", supervision.talk_plan, name="supervision-plan"),
    path("volunteers/<int:pk>/supervision/write/", supervision.talk_write, name="supervision-write"),
    path("supervision/group/plan/", supervision.group_plan, name="supervision-group-plan"),
    path("supervision/group/write/", supervision.group_write, name="supervision-group-write"),
    path("supervision/dates/", supervision_overseen.supervision_dates, name="supervision-dates"),
    path(
        "supervision/coordinators/<int:person_id>/write/",
        supervision_overseen.coordinator_write,
        name="supervision-coordinator",
    ),
    path("supervision/<int:pk>/", supervision.talk, name="supervision"),
    path("supervision/<int:pk>/write/", supervision.talk_hold, name="supervision-hold"),
    path("supervision/<int:pk>/edit/", supervision.talk_edit, name="supervision-edit"),
    path("supervision/<int:pk>/call-off/", supervision.talk_cancel, name="supervision-cancel"),
    path("supervision/agreed/<int:pk>/done/", my_supervision.agreed_done, name="agreed-done"),
    path("my-supervision/", my_supervision.my_supervision, name="my-supervision"),
    path("my-supervision/<int:pk>/", my_supervision.my_talk, name="my-talk"),
    path("my-visits/load/", my_supervision.my_load_page, name="my-load"),
]
