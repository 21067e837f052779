from django.urls import path

from volunteers.views import volunteers

urlpatterns = [
    path("families/<uuid:uuid>/volunteers/", volunteers.family_volunteers, name="family-panel"),
    path("volunteers/", volunteers.volunteers, name="list"),
    path("volunteers/beside-today/", volunteers.beside_today, name="beside-today"),
    path("volunteers/how-they-are/", volunteers.how_they_are_panel, name="how-they-are"),
    path("volunteers/<int:pk>/", volunteers.volunteer, name="volunteer"),
    path("volunteers/calls/<int:pk>/talked/", volunteers.call_close, name="call-close"),
]
