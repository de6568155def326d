"""Modbus TCP connections, one for each host and port, shared by all who read there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ExceptionResponse

from controller.errors import TemporaryError
from controller.links.backoff import backoff_s
from controller.links.deadline import within

READ_COILS, READ_DISCRETE, READ_HOLDING, READ_INPUT, WRITE_COIL = 1, 2, 3, 4, 5
_BITS = (READ_COILS, READ_DISCRETE)
REFUSED_DELAY_S = 30.0
"""A device that answers with an exception will not change its mind soon."""

_EXCEPTIONS = {
    1: "it does not know the function",
    2: "it has no such address: check {key}",
    4: "it failed",
    6: "it is busy",
    10: "the gateway has no path to the unit: check unit",
    11: "the gateway got no answer from the unit: check unit",
}


@dataclass(frozen=True, slots=True)
class _Question:
    """What one request asks of a unit, and what its reply has to hold."""

    function: int
    address: int
    count: int
    unit: int
    on: bool = False
    """What a coil is written to."""

    async def put(self, client: AsyncModbusTcpClient) -> object:
        """Ask, and wait for the reply."""
        if self.function == WRITE_COIL:
            return await client.write_coil(self.address, self.on, device_id=self.unit)
        ask = {
            READ_COILS: client.read_coils,
            READ_DISCRETE: client.read_discrete_inputs,
            READ_HOLDING: client.read_holding_registers,
            READ_INPUT: client.read_input_registers,
        }[self.function]
        return await ask(self.address, count=self.count, device_id=self.unit)

    def answer(self, reply: object) -> list[int] | None:
        """The registers or coils, as many as were asked for; None: it holds something else."""
        if self.function in (READ_HOLDING, READ_INPUT):
            found = list(getattr(reply, "registers", ()))
            return found if len(found) == self.count else None
        bits = [int(bit) for bit in getattr(reply, "bits", ())]
        # coils come by the byte, the last one filled up
        whole = 1 if self.function == WRITE_COIL else -(-self.count // 8) * 8
        return bits[: self.count] if len(bits) == whole else None

    def __str__(self) -> str:
        if self.function == WRITE_COIL:
            return f"coil {self.address}"
        kind = {READ_COILS: "coils", READ_DISCRETE: "inputs"}.get(self.function, "registers")
        return f"{kind} {self.address} to {self.address + self.count - 1}"

    def why(self, code: int) -> str:
        """What an exception code means, and what to do."""
        key = "first_coil" if self.function in (READ_COILS, WRITE_COIL) else "base_address"
        return _EXCEPTIONS.get(code, "no reason is known for this code").format(key=key)


class ModbusLink:
    """One connection. Opens when it is needed, closes when anything goes wrong on it."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._client: AsyncModbusTcpClient | None = None
        self._turn = asyncio.Lock()
        self._failures = 0
        self._garbage = False
        self._asked = READ_HOLDING
        """The function whose reply is waited for."""
        self.users = 0

    async def read_holding(
        self, address: int, count: int, *, unit: int, timeout_s: float
    ) -> list[int]:
        """Read `count` registers from `address` (from 0).

        Connecting and the reply may take `timeout_s` of real time each.

        Raises:
            TemporaryError: with the delay after which to try again.
        """
        return await self._answer(_Question(READ_HOLDING, address, count, unit), timeout_s)

    async def read_input(
        self, address: int, count: int, *, unit: int, timeout_s: float
    ) -> list[int]:
        """The same of input registers."""
        return await self._answer(_Question(READ_INPUT, address, count, unit), timeout_s)

    async def read_coils(
        self, address: int, count: int, *, unit: int, timeout_s: float
    ) -> list[bool]:
        """The same of coils, of which a reply can hold 2,000."""
        found = await self._answer(_Question(READ_COILS, address, count, unit), timeout_s)
        return [bool(bit) for bit in found]

    async def read_discrete(
        self, address: int, count: int, *, unit: int, timeout_s: float
    ) -> list[bool]:
        """The same of discrete inputs."""
        found = await self._answer(_Question(READ_DISCRETE, address, count, unit), timeout_s)
        return [bool(bit) for bit in found]

    async def write_coil(self, address: int, *, on: bool, unit: int, timeout_s: float) -> None:
        """Write one coil; that the unit says so proves nothing.

        Raises:
            TemporaryError: with the delay after which to try again.
        """
        await self._answer(_Question(WRITE_COIL, address, 1, unit, on), timeout_s)

    async def _answer(self, question: _Question, timeout_s: float) -> list[int]:
        async with self._turn:
            self._garbage = False
            self._asked = question.function
            try:
                client = await self._connected(timeout_s)
                reply = await within(timeout_s, question.put(client))
                answer = self._judged(reply, question)
            except (TimeoutError, OSError, ModbusException) as error:
                raise self._failed(question.unit, timeout_s) from error
            except asyncio.CancelledError:
                # half a reply may be on its way: the next reader must not get it
                self.close()
                raise
        self._failures = 0
        return answer

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    async def _connected(self, timeout_s: float) -> AsyncModbusTcpClient:
        if self._client is not None and self._client.connected:
            return self._client
        self.close()
        # the client's own deadline is the longer one: ours is the one that holds
        client = AsyncModbusTcpClient(
            self._host,
            port=self._port,
            timeout=timeout_s + 1.0,
            retries=0,
            reconnect_delay=0,
            trace_packet=self._strain,
        )
        self._client = client
        if not await within(timeout_s, client.connect()):
            raise ConnectionError
        return client

    def _strain(self, sending: bool, data: bytes) -> bytes:  # noqa: FBT001
        """Keep from pymodbus what it would take for a fatal error of the event loop."""
        if sending or is_reply(data, self._asked):
            return data
        self._garbage = True
        return b""

    def _judged(self, reply: object, question: _Question) -> list[int]:
        place = f"{self._host}:{self._port} unit {question.unit}"
        if isinstance(reply, ExceptionResponse):
            code = reply.exception_code
            message = f"{place} refused {question}: exception {code}, {question.why(code)}"
            raise TemporaryError(message, delay_s=REFUSED_DELAY_S)
        answer = question.answer(reply)
        if answer is None:
            self._garbage = True
            raise ConnectionError
        return answer

    def _failed(self, unit: int, timeout_s: float) -> TemporaryError:
        connected = self._client is not None and self._client.connected
        self.close()
        self._failures += 1
        place = f"{self._host}:{self._port}"
        if self._garbage:
            problem = "answered something that is not the reply asked for: is it Modbus TCP?"
        elif connected:
            problem = f"no valid reply of unit {unit} within {timeout_s:g} s: check unit and wiring"
        else:
            problem = f"no connection within {timeout_s:g} s: check host, port and network"
        return TemporaryError(
            f"{place}: {problem}", delay_s=backoff_s(f"modbus/{place}", self._failures)
        )


class ModbusLinks:
    """The links of a process."""

    def __init__(self) -> None:
        # what it says of every lost connection, our errors say with the place and the remedy
        logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
        self._links: dict[tuple[str, int], ModbusLink] = {}

    @asynccontextmanager
    async def use(self, host: str, port: int) -> AsyncIterator[ModbusLink]:
        """The link to a place. It is closed when its last user leaves."""
        link = self._links.setdefault((host, port), ModbusLink(host, port))
        link.users += 1
        try:
            yield link
        finally:
            link.users -= 1
            if link.users == 0:
                link.close()


def is_reply(data: bytes, asked: int = READ_HOLDING) -> bool:
    """`data` is, or may become, a reply to a request by the function `asked`.

    MBAP header (transaction, protocol 0, length, unit), then the function code and, with the high
    bit set, one exception code; or a count of bytes and the registers or coils; or of a write to a
    coil, the four bytes of the request.
    """
    if data[2:4] != bytes(2)[: len(data[2:4])]:
        return False
    if len(data) < 9:
        return True
    length, function, size = int.from_bytes(data[4:6], "big"), data[7], data[8]
    if function == asked | 0x80:
        return length == 3
    if function != asked:
        return False
    if asked == WRITE_COIL:
        return length == 6
    return length == size + 3 and (asked in _BITS or size % 2 == 0)
