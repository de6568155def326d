"""MQTT: dispatches in, receipts and the site's state out."""
