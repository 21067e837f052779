import pytest

from tests.volunteers.on_their_way import fact
from volunteers.models import Volunteer


@pytest.fixture
def alone(cast):
    """Nobody of the cast has room, so that a test says itself who has."""
    for volunteer in Volunteer.objects.all():
        fact("break", volunteer, cast.coordinator)
    Volunteer.objects.update(state="on_break")
    return cast
