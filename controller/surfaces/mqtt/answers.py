"""From a message to its answer: read, judged by the inbox, and only then answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from controller.errors import CurtaildError, TemporaryError
from controller.ports import Clock, Inbox, Receipt
from controller.surfaces.bodies import LARGEST_BODY
from controller.surfaces.mqtt.intake import Letter
from controller.surfaces.mqtt.messages import ErrorSent, ReceiptSent
from controller.surfaces.mqtt.plain import PlainError, dispatch_of
from controller.surfaces.mqtt.settings import PlainSettings
from controller.surfaces.mqtt.topics import Inlet
from controller.surfaces.strict_json import MalformedBodyError, parse_object


class Judge:
    """What becomes of a letter."""

    def __init__(self, inbox: Inbox, clock: Clock, plain: Mapping[str, PlainSettings]) -> None:
        self._inbox = inbox
        self._clock = clock
        self._plain = plain

    async def answer(self, letter: Letter) -> ReceiptSent | ErrorSent:
        """The receipt, once the dispatch is on disk; else what is wrong with it."""
        if letter.too_large:
            return self.error("too_large", f"the body is larger than {LARGEST_BODY} bytes")
        try:
            body = self._body(letter)
        except MalformedBodyError as error:
            return self.error("malformed", str(error))
        except PlainError as error:
            return self.error(error.code, str(error))
        try:
            receipt = await self._inbox.dispatch(body, letter.authority)
        except TemporaryError as error:
            return self.error("not_committed", f"{error}; send it again")
        except CurtaildError as error:
            return self.error("refused", str(error))
        return self._said(receipt, letter.inlet)

    def error(self, code: str, problem: str) -> ErrorSent:
        return ErrorSent(at=self._clock.now(), code=code, problem=problem)

    def _body(self, letter: Letter) -> dict[str, Any]:
        sent = parse_object(letter.body)
        if letter.inlet is Inlet.PLAIN:
            return dispatch_of(sent, self._plain[letter.authority])
        return sent

    def _said(self, receipt: Receipt, inlet: Inlet) -> ReceiptSent | ErrorSent:
        now = self._clock.now()
        if receipt.received:
            limit_kw = None if receipt.limit_kw is None else float(receipt.limit_kw)
            return ReceiptSent(
                at=now,
                id=receipt.id,
                version=receipt.version,
                limit_kw=limit_kw,
                repeated=receipt.repeated,
            )
        problem = receipt.problem
        if inlet is Inlet.PLAIN:
            problem += " (`timestamp` stands for issued_at, start and version)"
        return ErrorSent(
            at=now, id=receipt.id, version=receipt.version, code=receipt.code, problem=problem
        )
