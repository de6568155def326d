"""The hashprice from a service that speaks as mempool.space does, public or one's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from controller.core.economics.network import subsidy
from controller.model.samples import HashpriceSample
from controller.signals.mining.facts import Blocks, hashprice, number_at, whole_at
from controller.signals.mining.settings import ReckonedSettings
from controller.signals.polled.settings import Address
from controller.signals.polled.source import Ask, Documents, Page
from controller.signals.reading.json_text import parsed

OLDEST_PRICE = timedelta(hours=6)
DIFFICULTY, REWARDS, PRICES = "mining/hashrate/3d", "mining/reward-stats", "prices"
KINDS = (DIFFICULTY, REWARDS, PRICES)


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
    """Three documents of one round: difficulty, rewards and prices."""

    def __init__(self, settings: HashpriceMempoolSettings) -> None:
        self._settings = settings
        self._difficulty = Decimal(0)
        self._blocks = Blocks(0, 0, 0)
        self._asked_at: dict[str, datetime] = {}

    def asks(self, _now: datetime, /) -> Sequence[Ask]:
        base, blocks = f"{self._settings.base_url}/api/v1", self._settings.blocks
        return [Ask(f"{base}/{path}") for path in (DIFFICULTY, f"{REWARDS}/{blocks}", PRICES)]

    def read(self, page: Page, /) -> Sequence[HashpriceSample]:
        """The hashprice comes with the last of them."""
        document = parsed(page.body)
        kind = next(one for one in KINDS if f"/{one}" in page.ask.url)
        self._asked_at[kind] = page.asked_at
        if kind == DIFFICULTY:
            self._difficulty = number_at("currentDifficulty", document)
        elif kind == REWARDS:
            self._blocks = self._rewarded(document)
        else:
            return self._reckoned(document, page)
        return ()

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
        said_at = datetime.fromtimestamp(min(whole_at("time", document), 2**33), UTC)
        if page.asked_at - said_at > OLDEST_PRICE:
            raise ValueError(f"its price is of {said_at:%Y-%m-%dT%H:%MZ}: the service stands still")
        if not self._difficulty or not self._blocks.last or not self._of_one_round():
            return ()
        per_ph_day = self._settings.factor * hashprice(
            self._difficulty, self._blocks, price, with_fees=self._settings.with_fees
        )
        at = min(self._asked_at.values())
        return (HashpriceSample(at=at, per_ph_day=f"{per_ph_day:.6f}"),)

    def _of_one_round(self) -> bool:
        return len(self._asked_at) == len(KINDS) and len(set(self._asked_at.values())) == 1
