from django.urls import register_converter

from families.models.family import REFERENCE_LENGTH, REFERENCE_LETTERS


class Reference:
    """A family's reference. Anything of another shape is no address of ours."""

    regex = f"[{REFERENCE_LETTERS}]{{{REFERENCE_LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Reference, "reference")
