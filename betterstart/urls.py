from django.urls import include, path

from betterstart import views
from betterstart.style import style

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("style/", style, name="style"),
    path("account/", include("allauth.urls")),
    path("", include("betterstart.access.urls")),
    path("audit/", include("betterstart.audit.urls")),
    path("", include("betterstart.lexicon.urls")),
    path("", include("betterstart.links.urls")),
    path("directory/", include("betterstart.directory.urls")),
    path("", include("families.urls")),
    path("", include("volunteers.urls")),
    path("", include("kindness_metrics.urls")),
]

handler400 = "betterstart.views.bad_request"
handler403 = "betterstart.views.forbidden"
handler404 = "betterstart.views.not_found"
handler500 = "betterstart.views.server_error"
