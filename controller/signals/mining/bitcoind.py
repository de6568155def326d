"""The hashprice from a Bitcoin node of one's own, by its JSON-RPC interface."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from controller.core.economics.network import subsidy
from controller.model.samples import HashpriceSample
from controller.signals.mining.facts import (
    Blocks,
    hashprice,
    number_at,
    refuse_old,
    time_at,
    whole_at,
)
from controller.signals.mining.settings import ReckonedSettings
from controller.signals.polled.settings import Address, JsonPath
from controller.signals.polled.source import Ask, Documents, Page
from controller.signals.reading.json_paths import find
from controller.signals.reading.json_text import parsed

STATS = ["height", "subsidy", "totalfee"]


class HashpriceBitcoindSettings(ReckonedSettings):
    """The hashprice reckoned from a Bitcoin node's own view of the chain."""

    unverified: ClassVar[str] = (
        "getblockchaininfo, getdifficulty; getblockstats of main-network blocks"
    )

    adapter: Literal["hashprice_bitcoind"]
    url: Address = Field(
        description="Where the node answers: http://127.0.0.1:8332. It needs `basic_file`."
    )
    bitcoin_price: Decimal | None = Field(
        None, gt=0, le=1_000_000_000, description="A price of bitcoin that a person set; or a url."
    )
    bitcoin_price_url: Address | None = Field(
        None, description="A JSON document with the price of bitcoin. No key is sent there."
    )
    bitcoin_price_path: JsonPath | None = Field(
        None, description="Path of the price in that document."
    )

    @model_validator(mode="after")
    def _one_price(self) -> HashpriceBitcoindSettings:
        where = (self.bitcoin_price_url, self.bitcoin_price_path)
        if (None in where) != (where == (None, None)) or (self.bitcoin_price is None) == (
            None in where
        ):
            raise ValueError("give bitcoin_price, or bitcoin_price_url with bitcoin_price_path")
        return self


class HashpriceBitcoindSource(Documents):
    """First the tip of the chain, then what its last blocks paid."""

    def __init__(self, settings: HashpriceBitcoindSettings) -> None:
        self._settings = settings
        self._price = settings.bitcoin_price
        self._price_asked_at: datetime | None = None

    def asks(self, _now: datetime, /) -> Sequence[Ask]:
        settings = self._settings
        price: tuple[Ask, ...] = ()
        if settings.bitcoin_price_url is not None:
            price = (Ask(settings.bitcoin_price_url, secret=False, part=True),)
        tip = _call([("getblockchaininfo", [])])
        return (*price, Ask(settings.url, body=tip, listing=True))

    def listed(self, page: Page, now: datetime, /) -> Sequence[Ask]:
        """The last blocks below a tip that is new."""
        tip = _results(page.body, 1)[0]
        chain, syncing = find("chain", tip, tip), find("initialblockdownload", tip, tip)
        if chain != "main" or syncing is not False:
            raise ValueError(f"is of chain {str(chain)[:20]!r}, or still loading its blocks")
        refuse_old("its newest block", time_at("time", tip), now)
        height = whole_at("blocks", tip)
        first = height - self._settings.blocks + 1
        calls = [("getblockstats", [one, STATS]) for one in range(first, height + 1)]
        body = _call([*calls, ("getdifficulty", [])])
        return (Ask(self._settings.url, body=body, name="blocks"),)

    def read(self, page: Page, /) -> Sequence[HashpriceSample]:
        settings = self._settings
        if page.ask.body is None:
            self._price = None
            self._price = number_at(settings.bitcoin_price_path or "", parsed(page.body))
            self._price_asked_at = page.asked_at
            return ()
        *stats, difficulty = _results(page.body, settings.blocks + 1)
        blocks = _blocks(stats)
        if self._price is None:
            return ()
        per_ph_day = settings.factor * hashprice(
            number_at("$", difficulty), blocks, self._price, with_fees=settings.with_fees
        )
        at = min(page.asked_at, self._price_asked_at or page.asked_at)
        return (HashpriceSample(at=at, per_ph_day=f"{per_ph_day:.6f}"),)


def _call(calls: Sequence[tuple[str, list[Any]]]) -> bytes:
    batch = [
        {"jsonrpc": "1.0", "id": number, "method": method, "params": params}
        for number, (method, params) in enumerate(calls)
    ]
    return json.dumps(batch).encode()


def _results(body: bytes, count: int) -> list[Any]:
    """The results of a batch, by the numbers of their calls.

    Raises:
        ValueError: it is no such answer, or one of them is an error.
    """
    answers = parsed(body)
    if not isinstance(answers, list) or len(answers) != count:
        raise ValueError(f"is no list of {count} answers: is it a Bitcoin node?")
    numbered = sorted((whole_at("id", one), place) for place, one in enumerate(answers))
    found = []
    for _, place in numbered:
        error = find("error", answers[place], answers[place])
        if error is not None:
            words = error.get("message", "") if isinstance(error, Mapping) else error
            raise ValueError(f"is an error of the node: {str(words)[:200]}")
        found.append(find("result", answers[place], answers[place]))
    return found


def _blocks(stats: Sequence[Any]) -> Blocks:
    """
    Raises:
        ValueError: they do not follow one another, or pay another subsidy than their height says.
    """
    heights = [whole_at("height", one) for one in stats]
    if heights != list(range(heights[0], heights[0] + len(heights))):
        raise ValueError("blocks do not follow one another")
    for height, one in zip(heights, stats, strict=True):
        if whole_at("subsidy", one) != subsidy(height):
            raise ValueError(f"block {height} has another subsidy than {subsidy(height)} satoshi")
    fees = sum(whole_at("totalfee", one) for one in stats)
    return Blocks(heights[0], heights[-1], fees)
