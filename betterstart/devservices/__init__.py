"""The laptop's own servers and the one process that keeps them, for `make run` and `make test`; not for production."""
