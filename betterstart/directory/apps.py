from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "betterstart.directory"
    label = "directory"
