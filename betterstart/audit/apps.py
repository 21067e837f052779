from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "betterstart.audit"
    label = "audit"

    def ready(self) -> None:
        from betterstart.access.recording import register_recorder
        from betterstart.audit.record import record

        register_recorder(record)
