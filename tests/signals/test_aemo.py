"""AEMO: rows C, I and D as its files have them; region, intervention, time, the folder's page.

The rows are our own, in the layout that two public excerpts of PUBLIC_DISPATCHIS files show.
"""

from __future__ import annotations

import pytest

from controller.signals.markets.aemo import AemoSource, PriceAemoSettings
from tests.signals.market_pages import archive, page, read, told, utc

NOW = utc("2026-06-19 07:01")
MADE = "C,NEMP.WORLD,DISPATCHIS,AEMO,PUBLIC,2026/06/19,17:00:11,0000000523261987,DISPATCHIS,1"
NAMES = "SETTLEMENTDATE,RUNNO,REGIONID,DISPATCHINTERVAL,INTERVENTION,RRP,EEP"


def price(region: str, rrp: str, at: str = "17:05", intervention: int = 0) -> str:
    return f'D,DISPATCH,PRICE,5,"2026/06/19 {at}:00",1,{region},20260619157,{intervention},{rrp},0'


def report(*rows: str, names: str = NAMES, end: str = 'C,"END OF REPORT",{count}') -> bytes:
    """`end` is told how many rows there are."""
    lines = [
        MADE,
        "I,DISPATCH,CASE_SOLUTION,2,SETTLEMENTDATE,RUNNO,INTERVENTION",
        'D,DISPATCH,CASE_SOLUTION,2,"2026/06/19 17:05:00",1,0',
        f"I,DISPATCH,PRICE,5,{names}",
        *rows,
        "I,DISPATCH,REGIONSUM,9,SETTLEMENTDATE,RUNNO,REGIONID,DISPATCHINTERVAL,INTERVENTION,RRP",
        'D,DISPATCH,REGIONSUM,9,"2026/06/19 17:05:00",1,NSW1,20260619157,0,9576.41',
    ]
    lines += [end.format(count=len(lines) + 1)] if end else []
    return archive("\r\n".join(lines).encode(), "PUBLIC_DISPATCHIS_1.CSV")


def source(region: str = "NSW1") -> AemoSource:
    return AemoSource(PriceAemoSettings(adapter="price_aemo", region=region))


def test_a_price_is_of_the_five_minutes_before_its_stamp_by_market_time() -> None:
    found = read(source(), report(price("QLD1", "76.7"), price("NSW1", "-80.56426")), NOW)
    assert told(found) == [("2026-06-19 07:00", "2026-06-19 07:05", "-80.56426")]
    assert found[0].published_at == utc("2026-06-19 07:00:11")


def test_summer_time_is_none_of_the_markets() -> None:
    body = report(price("NSW1", "1").replace("2026/06/19", "2026/12/19"))
    assert told(read(source(), body, NOW))[0][0] == "2026-12-19 07:00"


def test_of_an_intervention_the_run_without_it_sets_the_price() -> None:
    rows = (price("NSW1", "300", intervention=1), price("NSW1", "90"))
    assert [one.price_per_mwh for one in read(source(), report(*rows), NOW)] == ["90"]


def test_columns_are_found_by_their_names_in_whatever_order() -> None:
    row = 'D,DISPATCH,PRICE,6,0,NSW1,55.5,"2026/06/19 17:05:00"'
    body = report(row, names="INTERVENTION,REGIONID,RRP,SETTLEMENTDATE")
    assert [one.price_per_mwh for one in read(source(), body, NOW)] == ["55.5"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (report(price("NSW1", "1"), end=""), "does not end with a row END OF REPORT"),
        (report(price("NSW1", "1"), end='C,"END OF REPORT",1329'), "has 8 rows and says '1329'"),
        (report(price("NSW1", "1"), end='C,"END OF REPORT"'), "has 8 rows and says ''"),
        (report(price("SA1", "1")), "no price of NSW1"),
        (report(price("NSW1", "1"), names="SETTLEMENTDATE,REGIONID,RRP"), "no column INTERVENTION"),
        (report(price("NSW1", "1", at="25:05")), "is no time like"),
        (report(names=""), "no column REGIONID"),
        (report("D,DISPATCH,PRICE,5,NSW1"), "row 5 is shorter than its names"),
        (archive(b"C,END\n"), "does not begin with a row C"),
        (archive(b""), "does not begin with a row C"),
        (archive(b'C,NEMP,"half'), "is no CSV"),
        (archive(f'{MADE}\n{price("A", "1")}\nC,"END OF REPORT",3'.encode()), "before its names"),
        (report(price("NSW1", "1").replace("2026/06/19", "0001/01/01")), "outside the calendar"),
        (b"<html>busy</html>", "is no sound zip archive"),
        (archive(b"x", "readme.txt"), "0 files that end in .csv"),
    ],
)
def test_a_file_that_is_none_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(source(), body, NOW)


def test_the_folders_page_names_the_last_files_whatever_its_links_say() -> None:
    names = [f"PUBLIC_DISPATCHIS_20260619{at}_{at}.zip" for at in (1705, 1700, 1710)]
    links = "".join(f'<A HREF="http://elsewhere.example/{name}">{name}</A><br>' for name in names)
    asks = source().listed(page(f"<html>{links}</html>".encode(), NOW), NOW)
    base = "https://nemweb.com.au/Reports/Current/DispatchIS_Reports"
    assert [ask.url for ask in asks] == [f"{base}/{names[0]}", f"{base}/{names[2]}"]
    with pytest.raises(ValueError, match="names no file"):
        source().listed(page(b"<html>maintenance</html>", NOW), NOW)
