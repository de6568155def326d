"""The report as one HTML file with plots, which asks no other host and runs no script."""
