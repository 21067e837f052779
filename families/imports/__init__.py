"""Bringing in what a service kept before: reading a file, understanding its columns, checking every row. No models."""
