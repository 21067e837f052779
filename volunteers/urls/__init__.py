from volunteers.urls import matches, matching, money, people, supervision, visiting

app_name = "volunteers"
urlpatterns = [
    *money.urlpatterns,
    *matches.urlpatterns,
    *matching.urlpatterns,
    *people.urlpatterns,
    *supervision.urlpatterns,
    *visiting.urlpatterns,
]
