"""The one enumeration of reasons, shared by core, API, metrics, page and documents."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a cohort stands where it stands, why a command was sent, why a kWh was not used."""

    PROFITABLE = "profitable"
    UNPROFITABLE = "unprofitable"
    RIDE_THROUGH = "ride_through"
    START_COST = "start_cost"
    INCOME_LOST = "income_lost"
    IMPORT_LIMIT = "import_limit"
    GROUP_LIMIT = "group_limit"
    BREAKER_LIMIT = "breaker_limit"
    RESERVED_POWER = "reserved_power"
    NEIGHBOUR = "neighbour"
    ENGINE = "engine"
    AVAILABLE_POWER = "available_power"
    FREQUENCY = "frequency"
    TEMPERATURE = "temperature"
    STATE_OF_CHARGE = "state_of_charge"
    CONTACT = "contact"
    SIGNAL_SILENT = "signal_silent"
    EMERGENCY = "emergency"
    DISPATCH = "dispatch"
    MANUAL_ORDER = "manual_order"
    SCHEDULE = "schedule"
    MAINTENANCE_LOCK = "maintenance_lock"
    METER_SILENT = "meter_silent"
    SET_POINT = "set_point"
    RESERVE = "reserve"
    COMMITMENT = "commitment"
    HEAT = "heat"
    CONSENT = "consent"
    HELD_BY_PERSON = "held_by_person"
    MINIMUM_ON = "minimum_on"
    MINIMUM_OFF = "minimum_off"
    STARTS_PER_HOUR = "starts_per_hour"
    COOLING = "cooling"
    STAGED_RESTORE = "staged_restore"
    STARTING = "starting"
    PRICE_UNKNOWN = "price_unknown"
    HASHPRICE_UNKNOWN = "hashprice_unknown"
    UNREACHABLE = "unreachable"
    DISOBEDIENT = "disobedient"
    CONTESTED = "contested"
    CANARY = "canary"

    @property
    def text(self) -> str:
        """The reason as a sentence for people."""
        return _TEXT[self]


_TEXT: dict[Reason, str] = {
    Reason.PROFITABLE: "it earns more than its power costs",
    Reason.UNPROFITABLE: "its power costs more than it earns",
    Reason.RIDE_THROUGH: "running on costs less than stopping and starting again",
    Reason.START_COST: "a start would cost more than it is expected to earn",
    Reason.INCOME_LOST: "no share is accepted: hashing earns nothing until one is",
    Reason.IMPORT_LIMIT: "the site's import limit",
    Reason.GROUP_LIMIT: "the rating of the group's feeder",
    Reason.BREAKER_LIMIT: "the rating of the breaker that feeds it",
    Reason.RESERVED_POWER: "the power that is reserved with the utility for these hours",
    Reason.NEIGHBOUR: "a firm neighbour takes its share of the connection first",
    Reason.ENGINE: "what the generators can take or need",
    Reason.AVAILABLE_POWER: "the power that is available",
    Reason.FREQUENCY: "the grid's frequency",
    Reason.TEMPERATURE: "the temperature",
    Reason.STATE_OF_CHARGE: "the battery's state of charge",
    Reason.CONTACT: "a contact asks for it",
    Reason.SIGNAL_SILENT: "a signal or a neighbour is silent: nothing starts until it speaks",
    Reason.EMERGENCY: "an emergency order is in force",
    Reason.DISPATCH: "a dispatch is in force",
    Reason.MANUAL_ORDER: "a person ordered it",
    Reason.SCHEDULE: "the schedule of the site",
    Reason.MAINTENANCE_LOCK: "the place is locked for maintenance",
    Reason.METER_SILENT: "a meter is silent: nothing starts behind it until it speaks",
    Reason.SET_POINT: "a set-point is asked for",
    Reason.RESERVE: "reserve is sold: the load has to be on and able to go",
    Reason.COMMITMENT: "power is promised to whoever takes the hashes",
    Reason.HEAT: "heat is promised",
    Reason.CONSENT: "its client has not agreed to be curtailed for money",
    Reason.HELD_BY_PERSON: "a person holds the site: nothing starts or stops for money",
    Reason.MINIMUM_ON: "it started too recently to be stopped for money",
    Reason.MINIMUM_OFF: "it stopped or changed too recently to be raised",
    Reason.STARTS_PER_HOUR: "it was started too often within the hour",
    Reason.COOLING: "its fans have to run first",
    Reason.STAGED_RESTORE: "load returns in stages",
    Reason.STARTING: "the controller has just started and holds what it found",
    Reason.PRICE_UNKNOWN: "no fresh price: what runs may run, nothing starts",
    Reason.HASHPRICE_UNKNOWN: "no fresh hashprice: what runs may run, nothing starts",
    Reason.UNREACHABLE: "the miner cannot be reached",
    Reason.DISOBEDIENT: "the miner did not do what it was told",
    Reason.CONTESTED: "somebody else keeps waking it: it counts in full and others take its place",
    Reason.CANARY: "one miner of its firmware has to be seen to go and to return as it was first",
}
