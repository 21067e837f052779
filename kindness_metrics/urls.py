from django.urls import path

from kindness_metrics import views

app_name = "kindness_metrics"
urlpatterns = [
    path("two-languages/", views.two_languages_page, name="two-languages"),
    path("two-languages/definitions/", views.definitions, name="definitions"),
    path("two-languages/equity/", views.equity_page, name="equity"),
    path("circles/<uuid:uuid>/figures/", views.circle_panel, name="circle-panel"),
]
