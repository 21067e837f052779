"""How often something may be done by people without an account: by address, by browser, by whom it is about."""

from __future__ import annotations

import hashlib
import logging

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
HOUR = 60 * 60


def too_often(request: HttpRequest, what: str, *, by_address: int, by_browser: int) -> bool:
    """Count one more try within the hour, and say whether that is more than may be.

    Where the cache does not answer, nobody is turned away.
    """
    address = get_adapter().get_client_ip(request)
    seen = [_more_than(by_address, what, "address", address)]
    if request.session.session_key:
        seen.append(_more_than(by_browser, what, "browser", request.session.session_key))
    return any(seen)


def too_often_about(what: str, subject: str, *, most: int) -> bool:
    """The same for one subject, whoever tries: letters to one address."""
    return _more_than(most, what, "subject", subject.lower())


def _more_than(most: int, *parts: str) -> bool:
    key = "limit:" + hashlib.sha256("\n".join(parts).encode()).hexdigest()
    try:
        cache.add(key, 0, HOUR)
        return cache.incr(key) > most
    except (RedisError, OSError, ValueError):
        # Away, or the hour ended between the two questions.
        logger.warning("the counter of tries did not answer")
        return False
