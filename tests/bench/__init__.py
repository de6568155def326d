"""Speed, as ratios measured side by side in one run. Not collected by pytest."""
