app_name = "kindness_metrics"
urlpatterns = []
