from django.urls import path

from betterstart.directory import views

app_name = "directory"
urlpatterns = [
    path("", views.search, name="search"),
    path("new/", views.entry_add, name="entry-add"),
    path("bring-in/", views.run_start, name="run-start"),
    path("bring-in/<uuid:uuid>/", views.run_detail, name="run"),
    path("bring-in/<uuid:uuid>/confirm/", views.run_confirm, name="run-confirm"),
    path("bring-in/<uuid:uuid>/cancel/", views.run_cancel, name="run-cancel"),
    path("<uuid:uuid>/", views.entry, name="entry"),
    path("<uuid:uuid>/edit/", views.entry_edit, name="entry-edit"),
]
