from __future__ import annotations

from collections.abc import Callable

import pytest

from betterstart.places.models import Postcode


@pytest.fixture
def postcode_at(db: None) -> Callable[[str, float, float], Postcode]:
    def make(postcode: str, latitude: float, longitude: float) -> Postcode:
        return Postcode.objects.create(postcode=postcode, latitude=latitude, longitude=longitude)

    return make
