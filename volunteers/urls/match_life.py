from django.urls import path

from volunteers.views import ground_rules, match_life, my_offers

urlpatterns = [
    path("ground-rules/<int:organisation>/", ground_rules.ground_rules, name="ground-rules"),
    path("matches/<int:pk>/ask/<str:side>/", match_life.match_ask, name="match-ask"),
    path("matches/<int:pk>/answer/<str:side>/", match_life.match_answer, name="match-answer"),
    path("matches/<int:pk>/introduction/", match_life.match_introduction, name="match-introduction"),
    path("matches/<int:pk>/begin/", match_life.match_begin, name="match-begin"),
    path("matches/<int:pk>/pause/", match_life.match_pause, name="match-pause"),
    path("matches/<int:pk>/resume/", match_life.match_resume, name="match-resume"),
    path("matches/<int:pk>/talked/", match_life.match_talked, name="match-talked"),
    path("matches/<int:pk>/goodbye/", match_life.match_ending, name="match-ending"),
    path("matches/<int:pk>/stop/", match_life.match_stop, name="match-stop"),
    path("matches/<int:pk>/looking-back/<str:side>/", match_life.match_said_back, name="match-said-back"),
    path("matches/<int:pk>/beside/<str:kind>/", match_life.match_beside, name="match-beside"),
    path("my-visits/offers/", my_offers.my_offers_page, name="my-offers"),
    path("my-visits/offers/<int:pk>/", my_offers.my_offer, name="my-offer"),
    path("my-visits/looking-back/<int:pk>/", my_offers.looking_back, name="looking-back"),
]
