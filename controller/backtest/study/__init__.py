"""A study of machines on the prices of ERCOT's hubs: what each way to run them earns, and where its
gains come from. `python -m controller.backtest.study` writes it as a page."""
