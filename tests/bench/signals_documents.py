"""Documents of a day of 5-minute prices of 1,000 nodes, as each market would write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = datetime(2026, 7, 1, 5, tzinfo=UTC)
RUN = timedelta(minutes=5)
STARTS = [DAY + RUN * step for step in range(288)]
PRICES = {f"NODE{number}": 20.25 + number % 50 for number in range(1_000)}
NODE = "NODE500"
TEXAS, NEW_YORK = ZoneInfo("America/Chicago"), ZoneInfo("America/New_York")
BRISBANE = ZoneInfo("Australia/Brisbane")


def ercot() -> str:
    rows = ["SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP"]
    for start in STARTS:
        stamp = f"{start.astimezone(TEXAS):%m/%d/%Y %H:%M}:17"
        rows += [f"{stamp},N,{node},       {price}" for node, price in PRICES.items()]
    return "\n".join(rows)


def caiso() -> str:
    rows = ["INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,NODE,MARKET_RUN_ID,LMP_TYPE,VALUE,GROUP"]
    for start in STARTS:
        times = ",".join(f"{at:%Y-%m-%dT%H:%M}:00-00:00" for at in (start, start + RUN))
        rows += [f"{times},{node},RTM,LMP,{price},1" for node, price in PRICES.items()]
    return "\n".join(rows)


def nyiso() -> str:
    rows = ['"Time Stamp","Name","PTID","LBMP ($/MWHr)","Marginal Cost Losses ($/MWHr)"']
    for start in STARTS:
        stamp = f"{start.astimezone(NEW_YORK):%m/%d/%Y %H:%M}:00"
        rows += [f'"{stamp}","{node}",61757,{price},1.69' for node, price in PRICES.items()]
    return "\n".join(rows)


def aemo() -> str:
    """Its regions among others."""
    names = "SETTLEMENTDATE,RUNNO,REGIONID,DISPATCHINTERVAL,INTERVENTION,RRP,EEP,ROP,APCFLAG"
    rows = [
        "C,NEMP.WORLD,DISPATCHIS,AEMO,PUBLIC,2026/07/01,15:00:11",
        f"I,DISPATCH,PRICE,5,{names}",
    ]
    prices = {"NSW1" if node == NODE else node: price for node, price in PRICES.items()}
    for start in STARTS:
        stamp = f'"{start.astimezone(BRISBANE):%Y/%m/%d %H:%M}:00"'
        rows += [
            f"D,DISPATCH,PRICE,5,{stamp},1,{region},20260701001,0,{price},0,{price},0"
            for region, price in prices.items()
        ]
    return "\n".join([*rows, f'C,"END OF REPORT",{len(rows) + 1}'])


def rows() -> str:
    """A row for each interval, with all nodes in it."""
    return json.dumps([{"from": start.isoformat(), **PRICES} for start in STARTS])


def nordpool() -> str:
    entries = [
        {
            "deliveryStart": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "deliveryEnd": f"{start + RUN:%Y-%m-%dT%H:%M:%SZ}",
            "entryPerArea": PRICES,
        }
        for start in STARTS
    ]
    said = {"currency": "EUR", "updatedAt": "2026-07-01T04:00:00Z", "multiAreaEntries": entries}
    return json.dumps(said)
