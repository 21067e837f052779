"""A directory of others: fetched or uploaded, read, compared with what is here, and saved as a whole or not at all."""
