from volunteers.urls import (
    checks,
    joint_plan,
    match_life,
    matches,
    matching,
    mine,
    money,
    people,
    pipeline,
    profile,
    supervision,
    visiting,
)

app_name = "volunteers"
urlpatterns = [
    *checks.urlpatterns,
    *joint_plan.urlpatterns,
    *match_life.urlpatterns,
    *matches.urlpatterns,
    *matching.urlpatterns,
    *mine.urlpatterns,
    *money.urlpatterns,
    *people.urlpatterns,
    *pipeline.urlpatterns,
    *profile.urlpatterns,
    *supervision.urlpatterns,
    *visiting.urlpatterns,
]
