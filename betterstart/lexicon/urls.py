from django.urls import path

from betterstart.lexicon import views

app_name = "lexicon"
urlpatterns = [
    path("wording/check/", views.wording_check, name="wording-check"),
    path("wording/", views.prompt_list, name="prompt-list"),
    path("wording/new/", views.prompt_edit, name="prompt-add"),
    path("wording/<int:prompt_id>/edit/", views.prompt_edit, name="prompt-edit"),
]
