"""Signed webhooks: dispatches that an aggregator's server pushes."""
