"""Simulated miners with the maker's own (stock) firmware of Antminers."""
