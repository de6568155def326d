"""Asking one address what it is."""

from __future__ import annotations

from collections.abc import Iterable

from controller.errors import CurtaildError
from controller.fleet.faults import FaultKind, MinerError, is_refusal_of_credentials
from controller.fleet.scan.finding import Answered, Finding
from controller.fleet.scan.questions import Question
from controller.model.fleet import Identity


async def probe(address: str, questions: Iterable[Question]) -> Finding:
    """The first answer that is a miner's, or the worst that was heard."""
    errors: list[CurtaildError] = []
    for question in questions:
        try:
            return _found(await question.driver.identify(address, address, question.port))
        except CurtaildError as error:
            errors.append(error)
    return _judged(address, [one for one in errors if not _is_nobody(one)])


def _judged(address: str, errors: list[CurtaildError]) -> Finding:
    if not errors:
        return Finding(address=address, answered=Answered.NOTHING)
    refusals = [str(one) for one in errors if is_refusal_of_credentials(one)]
    if refusals:
        return Finding(
            address=address, answered=Answered.REFUSED_CREDENTIALS, why="; ".join(refusals)
        )
    said = "; ".join(str(one) for one in errors)
    return Finding(address=address, answered=Answered.UNKNOWN, why=said)


def _is_nobody(error: CurtaildError) -> bool:
    return isinstance(error, MinerError) and error.kind is FaultKind.NO_CONNECTION


def _found(identity: Identity) -> Finding:
    return Finding(
        address=identity.address,
        answered=Answered.FOUND,
        port=identity.port,
        firmware=identity.firmware,
        model=identity.model,
        version=identity.version,
        mac=identity.mac,
        own_level=identity.own_level,
    )
