"""The laptop's own servers and the one process that keeps them: `make run` and `make test`. Never used in production."""
