"""Looking over a network for miners: reads only, and one try of a password at each."""
