from volunteers.urls import matches, people, supervision, visiting

app_name = "volunteers"
urlpatterns = [
    *matches.urlpatterns,
    *people.urlpatterns,
    *supervision.urlpatterns,
    *visiting.urlpatterns,
]
