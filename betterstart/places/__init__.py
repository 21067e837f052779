"""Places: what a postcode says about where a family lives."""
