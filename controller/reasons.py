"""The one enumeration of reasons, shared by core, API, metrics, page and documents."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a cohort stands where it stands, why a command was sent, why a kWh was not used."""

    PROFITABLE = "profitable"
    UNPROFITABLE = "unprofitable"
    INCOME_LOST = "income_lost"
    IMPORT_LIMIT = "import_limit"
    GROUP_LIMIT = "group_limit"
    DISPATCH = "dispatch"
    MANUAL_ORDER = "manual_order"
    MAINTENANCE_LOCK = "maintenance_lock"
    METER_SILENT = "meter_silent"
    COMMITMENT = "commitment"
    MINIMUM_ON = "minimum_on"
    MINIMUM_OFF = "minimum_off"
    STAGED_RESTORE = "staged_restore"
    STARTING = "starting"
    PRICE_UNKNOWN = "price_unknown"
    HASHPRICE_UNKNOWN = "hashprice_unknown"
    UNREACHABLE = "unreachable"
    DISOBEDIENT = "disobedient"

    @property
    def text(self) -> str:
        """The reason as a sentence for people."""
        return _TEXT[self]


_TEXT: dict[Reason, str] = {
    Reason.PROFITABLE: "hashing earns more than the power costs",
    Reason.UNPROFITABLE: "the power costs more than hashing earns",
    Reason.INCOME_LOST: "no share is accepted: hashing earns nothing until one is",
    Reason.IMPORT_LIMIT: "the site's import limit",
    Reason.GROUP_LIMIT: "the rating of the group's feeder",
    Reason.DISPATCH: "a dispatch is in force",
    Reason.MANUAL_ORDER: "a person ordered it",
    Reason.MAINTENANCE_LOCK: "the place is locked for maintenance",
    Reason.METER_SILENT: "the site's meter is silent: nothing starts, safe power holds",
    Reason.COMMITMENT: "power is promised to whoever takes the hashes or the heat",
    Reason.MINIMUM_ON: "it started too recently to be stopped for money",
    Reason.MINIMUM_OFF: "it stopped too recently to be started",
    Reason.STAGED_RESTORE: "load returns in stages",
    Reason.STARTING: "the controller has just started and holds what it found",
    Reason.PRICE_UNKNOWN: "no fresh price: what runs may run, nothing starts",
    Reason.HASHPRICE_UNKNOWN: "no fresh hashprice: what runs may run, nothing starts",
    Reason.UNREACHABLE: "the miner cannot be reached",
    Reason.DISOBEDIENT: "the miner did not do what it was told",
}
