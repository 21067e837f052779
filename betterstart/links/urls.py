from django.urls import path

from betterstart.links import views

app_name = "links"
urlpatterns = [path("link/<str:token>/", views.open_link, name="open")]
