"""The official files, read as a stream and taken over as a whole or not at all."""
