from volunteers.urls import matches, matching, people, supervision, visiting

app_name = "volunteers"
urlpatterns = [
    *matches.urlpatterns,
    *matching.urlpatterns,
    *people.urlpatterns,
    *supervision.urlpatterns,
    *visiting.urlpatterns,
]
