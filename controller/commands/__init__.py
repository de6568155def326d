"""The commands of `curtaild`, one a module: `add` declares its arguments, `run` does it.

What a command needs it imports when it runs, so that `check` does not load a miner library.
"""
