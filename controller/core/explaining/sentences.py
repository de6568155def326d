"""An explanation as people read it: the one sentence that page, API and command line show."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from controller.model.plan import Bound, Explanation
from controller.reasons import Reason

KEEPING = frozenset({Reason.CONSENT, Reason.MINIMUM_ON})
"""What keeps load on besides floors."""

COMING = frozenset({Reason.COOLING, Reason.STAGED_RESTORE})
"""What is planned and waits for these does not run yet."""

MONEY = frozenset({Reason.PROFITABLE, Reason.UNPROFITABLE, Reason.RIDE_THROUGH, Reason.START_COST})
"""These last until a price comes that the sentence names."""

EARNING = MONEY | {Reason.INCOME_LOST}


def sentence(one: Explanation, currency: str, now: datetime, zone: tzinfo = UTC) -> str:
    """Why a group stands as it does, what that is worth, and what would change it. Times are those
    of `zone`; one of another day than `now` has its date."""
    why = _why(one, now.astimezone(zone), zone)
    money, turning = _money(one, currency), _turning(one, currency)
    if one.reason is Reason.PROFITABLE and not one.curtailed_w:
        gain = _against_standing_still(one)
        worth = f", earning {gain:,.2f} {currency}/h more than standing still" if gain > 0 else ""
        return _ended(f"Runs in full{worth}", turning)
    if not money:
        return _ended(why, "") + (f" {_ended(_capital(turning), '')}" if turning else "")
    return f"{_ended(why, '')} {_ended(money, turning)}"


def _ended(text: str, rest: str) -> str:
    return f"{text}; {rest}." if rest else f"{text}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _why(one: Explanation, now: datetime, zone: tzinfo) -> str:
    """Two sentences where the reason has a colon of its own."""
    head, reason = _stands(one), one.reason.text
    if one.reason is Reason.UNPROFITABLE and one.running and one.curtailed_w:
        return f"{head}: a further step would cost more than it earns"
    joined = f"{head}. {_capital(reason)}" if ":" in reason else f"{head}: {reason}"
    until = None if one.reason in MONEY else one.until
    source = "" if one.source.lower() in reason.lower() else one.source
    said = [source, "" if until is None else f"until {_clock(until, now, zone)}"]
    aside = ", ".join(part for part in said if part)
    return f"{joined} ({aside})" if aside else joined


def _stands(one: Explanation) -> str:
    if not one.miners:
        return "Nothing here can be told anything"
    if not one.running:
        return "Off"
    if not one.curtailed_w:
        return "Is to run in full" if one.reason in COMING else "Runs in full"
    kw = f"{one.runs_w / 1000:,.1f} kW"
    if one.bound is Bound.FLOOR or one.reason in KEEPING:
        return f"Kept at {kw}"
    if one.bound is Bound.LIMIT:
        return f"Curtailed to {kw}"
    return f"Runs at {kw}" if one.reason in EARNING else f"Stays at {kw}"


def _clock(at: datetime, now: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    day = "" if local.date() == now.date() else f"{local.day} {local:%b} "
    return f"{day}{local:%H:%M %Z}"


def _against_standing_still(one: Explanation) -> Decimal:
    if one.earns_per_hour is None or one.if_stopped_per_hour is None:
        return Decimal(0)
    return one.earns_per_hour - one.if_stopped_per_hour


def _against_running(one: Explanation) -> Decimal:
    if one.earns_per_hour is None or one.if_running_per_hour is None:
        return Decimal(0)
    return one.earns_per_hour - one.if_running_per_hour


def _money(one: Explanation, currency: str) -> str:
    """What it costs or saves against running, and earns or costs against standing still; nothing
    where that is not known or comes to nothing."""
    running, still = _against_running(one), _against_standing_still(one)
    parts = []
    if running > 0 and not one.running:
        parts.append(f"saves {running:,.2f} {currency}/h against running")
    elif running < 0:
        full = one.running and not one.curtailed_w
        than = "more than at its best level" if full else "against running"
        parts.append(f"costs {-running:,.2f} {currency}/h {than}")
    if still > 0:
        parts.append(f"earns {still:,.2f} {currency}/h more than standing still")
    elif still < 0:
        parts.append(f"costs {-still:,.2f} {currency}/h more than standing still")
    return f"It {' and '.join(parts)}" if parts else ""


def _turning(one: Explanation, currency: str) -> str:
    """The market prices at which it changes; of what is off, those at which it would not return."""
    parts = []
    if one.more_below_per_mwh is not None:
        word = "more" if one.running else "back on"
        parts.append(f"{word} below {one.more_below_per_mwh:,.2f}")
    less, off = one.less_above_per_mwh, one.off_above_per_mwh
    if one.running and less is not None and less != off:
        parts.append(f"less above {less:,.2f}")
    if off is not None:
        parts.append(f"{'off' if one.running else 'stays off'} above {off:,.2f}")
    return f"{', '.join(parts)} {currency}/MWh" if parts else ""
