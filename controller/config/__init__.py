"""The configuration: one YAML file, the environment over it, secrets from files beside it.

Adapters own their settings; this package reads, places and explains.
"""
