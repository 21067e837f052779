"""An adult's own page: each address below is theirs alone, and needs their link and their code."""

from django.urls import path

from families.views import own_circle, own_page, own_page_choices, own_page_door, own_page_kept, own_page_said

own_page_urls = [
    path("our-page/", own_page.own, name="own"),
    path("our-page/open/", own_page_door.own_open, name="own-open"),
    path("our-page/code/", own_page_door.own_code, name="own-code"),
    path("our-page/plan/", own_page.own_plan_page, name="own-plan"),
    path("our-page/visits/", own_page.own_visits_page, name="own-visits"),
    path("our-page/visits/<uuid:uuid>/", own_page_said.own_note, name="own-note"),
    path("our-page/say/", own_page_said.own_say, name="own-say"),
    path("our-page/said/", own_page_said.own_said, name="own-said"),
    path("our-page/how/", own_page_said.own_how, name="own-how"),
    path("our-page/circle/", own_circle.own_circle, name="own-circle"),
    path("our-page/choices/", own_page_choices.own_choices_page, name="own-choices"),
    path("our-page/looked/", own_page.own_looked, name="own-looked"),
    path("our-page/keep/", own_page_kept.own_keepsake_page, name="own-keepsake"),
    path("our-page/keep/<slug:kind>/", own_page_kept.own_keepsake_file, name="own-keepsake-file"),
    path("our-page/leave/", own_page_door.own_leave, name="own-leave"),
]
