"""What shows the site to people and machines: HTTP API, metrics, page."""
