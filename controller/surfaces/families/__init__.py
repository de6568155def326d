"""Families of metrics, each a pure function of a view.

Base units throughout: watts, joules, seconds. What is not known is left out, never zero.
"""
