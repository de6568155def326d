"""The adapter behind the `Fleet` port: miners over their own network interfaces."""
