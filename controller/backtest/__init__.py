"""What a site would have earned: the very app on a virtual clock, over history, with yardsticks."""
