from django.urls import path

from volunteers.views import matching

urlpatterns = [
    path("find/<int:pk>/", matching.find, name="find"),
    path("find/<int:pk>/not-now/", matching.find_not_now, name="find-not-now"),
    path("find/<int:pk>/nobody/", matching.find_decide, name="find-nobody"),
    path("find/<int:pk>/person/<int:volunteer_id>/", matching.find_decide, name="find-person"),
    path("find/<int:pk>/decisions/", matching.find_decisions, name="find-decisions"),
    path("find/<int:pk>/sheet/", matching.find_sheet, name="find-sheet"),
]
