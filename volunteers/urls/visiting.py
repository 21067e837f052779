from django.urls import path

from volunteers.views import check_ins, match_views, my_visits, reading

urlpatterns = [
    path("my-visits/", my_visits.my_visits_page, name="my-visits"),
    path("my-visits/check-ins/", my_visits.after_visits, name="after-visits"),
    path("my-visits/check-ins/<int:pk>/", check_ins.my_check_in, name="my-check-in"),
    path("my-visits/check-ins/<int:pk>/sent/", check_ins.check_in_sent, name="check-in-sent"),
    path("my-visits/check-ins/<int:pk>/edit/", check_ins.check_in_edit, name="check-in-edit"),
    path("my-visits/call/", my_visits.call_ask, name="call-ask"),
    path("my-visits/call/<int:pk>/take-back/", my_visits.call_take_back, name="call-take-back"),
    path("my-visits/how-it-goes/<int:pk>/", match_views.how_it_goes, name="how-it-goes"),
    path("my-visits/<uuid:uuid>/before/", my_visits.before_visit, name="before-visit"),
    path("my-visits/<uuid:uuid>/check-in/", check_ins.check_in_record, name="check-in-record"),
    path(
        "my-visits/<str:reference>/<int:support_id>/check-in/", check_ins.check_in_unplanned, name="check-in-unplanned"
    ),
    path("check-ins/", reading.check_ins, name="check-in-list"),
    path("check-ins/<int:pk>/", reading.check_in, name="check-in"),
]
