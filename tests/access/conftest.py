from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.access.signing_in import prove


@pytest.fixture(autouse=True)
def fresh_limits():
    """Rate limits live in the cache, and the cache outlives a test."""
    cache.clear()


@pytest.fixture
def administrator(cast, as_user):
    """The administrator's client, with a fresh proof of the password."""
    client = as_user(cast.administrator)
    prove(client)
    return client
