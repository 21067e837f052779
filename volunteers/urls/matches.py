from django.urls import path

from volunteers.views import matches

urlpatterns = [
    path("families/<uuid:uuid>/match/", matches.match_start, name="match-start"),
    path("matches/<int:pk>/", matches.match_detail, name="match"),
    path("matches/<int:pk>/end/", matches.match_end, name="match-end"),
]
