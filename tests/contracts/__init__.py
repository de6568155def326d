"""What holds for every implementation of a port, real and simulated."""
