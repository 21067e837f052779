from volunteers.urls import matches, people, visiting

app_name = "volunteers"
urlpatterns = [
    *matches.urlpatterns,
    *people.urlpatterns,
    *visiting.urlpatterns,
]
