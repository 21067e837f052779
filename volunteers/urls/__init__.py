from volunteers.urls import joint_plan, matches, matching, money, people, supervision, visiting

app_name = "volunteers"
urlpatterns = [
    *joint_plan.urlpatterns,
    *matches.urlpatterns,
    *matching.urlpatterns,
    *money.urlpatterns,
    *people.urlpatterns,
    *supervision.urlpatterns,
    *visiting.urlpatterns,
]
