from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Argon2id at 19 MiB, two passes, one lane: Django's 100 MiB default lets a few parallel logins starve the rest."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
