"""A farm in several processes: whole groups in each, one site."""
