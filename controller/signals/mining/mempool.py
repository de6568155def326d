"""The hashprice from a service that speaks as mempool.space does, public or one's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

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
from controller.signals.polled.settings import Address
from controller.signals.polled.source import Ask, Documents, Page
from controller.signals.reading.json_text import parsed

API = "/api/v1/"
TIP, DIFFICULTY, REWARDS, PRICES = "blocks", "mining/hashrate/3d", "mining/reward-stats", "prices"
FACTS = {TIP, DIFFICULTY, REWARDS}
"""What has to be known before a price of bitcoin makes a hashprice."""


class HashpriceMempoolSettings(ReckonedSettings):
    """The hashprice reckoned from a mempool-style REST service."""

    unverified: ClassVar[str] = "replies of today: those of the public documentation are older"

    adapter: Literal["hashprice_mempool"]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field(
        "USD", description="Which of the service's prices of bitcoin is taken."
    )
    base_url: Address = Field(
        "https://mempool.space", description="Of the public service, or of one's own."
    )


class HashpriceMempoolSource(Documents):
    """Four documents of one round: the newest blocks, difficulty, rewards and prices."""

    def __init__(self, settings: HashpriceMempoolSettings) -> None:
        self._settings = settings
        self._difficulty = Decimal(0)
        self._blocks = Blocks(0, 0, 0)
        self._asked_at: dict[str, datetime] = {}
        """When what is known of the facts was asked for; not there where they were refused."""

    def asks(self, _now: datetime, /) -> Sequence[Ask]:
        paths = (TIP, DIFFICULTY, f"{REWARDS}/{self._settings.blocks}", PRICES)
        return [Ask(f"{self._settings.base_url}{API}{path}", part=True) for path in paths]

    def read(self, page: Page, /) -> Sequence[HashpriceSample]:
        """The hashprice comes with the last of them."""
        path = page.ask.url.rpartition(API)[2]
        fact = next((one for one in FACTS if one in path), None)
        if fact is None:
            return self._reckoned(parsed(page.body), page)
        self._asked_at.pop(fact, None)
        self._learn(fact, parsed(page.body), page.asked_at)
        self._asked_at[fact] = page.asked_at
        return ()

    def _learn(self, fact: str, document: Any, now: datetime) -> None:
        if fact == TIP:
            refuse_old("its newest block", time_at("0.timestamp", document), now)
        elif fact == DIFFICULTY:
            self._difficulty = number_at("currentDifficulty", document)
        else:
            self._blocks = self._rewarded(document)

    def _rewarded(self, document: Any) -> Blocks:
        """What the last blocks paid; amounts are satoshi, and written as text."""
        first, last = whole_at("startBlock", document), whole_at("endBlock", document)
        rewards, fees = whole_at("totalReward", document), whole_at("totalFee", document)
        if not 0 < first <= last < first + 2 * self._settings.blocks:
            raise ValueError(f"blocks {first} to {last} are not the last {self._settings.blocks}")
        blocks = Blocks(first, last, fees)
        created, count = rewards - fees, blocks.count
        if not subsidy(last) * count <= created <= subsidy(first) * count:
            raise ValueError(
                f"{created} satoshi created in {count} blocks from {first} on do not fit their "
                "subsidy: has a unit changed?"
            )
        return blocks

    def _reckoned(self, document: Any, page: Page) -> Sequence[HashpriceSample]:
        price = number_at(self._settings.currency, document)
        refuse_old("its price", time_at("time", document), page.asked_at)
        if self._asked_at.keys() != FACTS:
            return ()
        per_ph_day = self._settings.factor * hashprice(
            self._difficulty, self._blocks, price, with_fees=self._settings.with_fees
        )
        at = min(page.asked_at, *self._asked_at.values())
        return (HashpriceSample(at=at, per_ph_day=f"{per_ph_day:.6f}"),)
