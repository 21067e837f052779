from django.urls import path

from volunteers.views import never_with, profile

urlpatterns = [
    path("my-visits/about-me/", profile.my_profile, name="my-profile"),
    path("my-visits/about-me/<slug:section>/", profile.my_profile_section, name="my-profile-section"),
    path("volunteers/<int:pk>/profile/", profile.volunteer_profile, name="volunteer-profile"),
    path("volunteers/<int:pk>/profile/insurance/", profile.volunteer_insurance, name="volunteer-insurance"),
    path(
        "volunteers/<int:pk>/profile/<slug:section>/",
        profile.volunteer_profile_section,
        name="volunteer-profile-section",
    ),
    path("families/<uuid:uuid>/never-with/", never_with.never_with, name="never-with"),
    path("families/<uuid:uuid>/never-with/<int:pk>/take-back/", never_with.never_take_back, name="never-take-back"),
]
