"""The report of a back-test: figures with intervals, as a table, as JSON and as an HTML page."""
