"""The words of curtaild, as frozen values that serialise to JSON and back without loss.

Power is whole watts (`_w`), energy watt-hours (`_wh`), hashrate TH/s (`_ths`), prices the site's
currency per MWh (`_per_mwh`), hashprice the same currency per PH/s and day (`_per_ph_day`). Money
and prices are `Decimal`. Time is aware UTC.
"""
