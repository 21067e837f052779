from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "betterstart.access"
    label = "access"
