from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "betterstart.places"
    label = "places"
