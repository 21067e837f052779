from django.apps import AppConfig


class KindnessMetricsConfig(AppConfig):
    name = "kindness_metrics"
