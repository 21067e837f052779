from django.urls import path

from volunteers.views import mine

urlpatterns = [
    path("my-visits/mine/", mine.my_page, name="mine"),
    path("my-visits/mine/step-back/", mine.step_back, name="step-back"),
]
