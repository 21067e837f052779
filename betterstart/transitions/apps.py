from django.apps import AppConfig


class TransitionsConfig(AppConfig):
    name = "betterstart.transitions"
    label = "transitions"
