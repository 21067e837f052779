from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "betterstart.access"
    label = "access"

    def ready(self) -> None:
        from betterstart import checks  # noqa: F401  (registers them)
        from betterstart.access import adapters  # noqa: F401  (connects its receivers)
