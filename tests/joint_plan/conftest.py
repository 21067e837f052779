import pytest

from volunteers.models import Volunteer


@pytest.fixture
def alone(cast):
    """Nobody of the cast has room, so that a test says itself who has."""
    Volunteer.objects.update(state="on_break")
    return cast
