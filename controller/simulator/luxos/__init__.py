"""Simulated miners with LuxOS."""
