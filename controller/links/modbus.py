"""Modbus TCP connections, one for each host and port, shared by all who read there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ExceptionResponse

from controller.errors import TemporaryError
from controller.links.backoff import backoff_s
from controller.links.deadline import within

READ_HOLDING, READ_INPUT = 3, 4
REFUSED_DELAY_S = 30.0
"""A device that answers with an exception will not change its mind soon."""

_EXCEPTIONS = {
    1: "it does not know the function",
    2: "it has no such registers: check base_address",
    4: "it failed",
    6: "it is busy",
    10: "the gateway has no path to the unit: check unit",
    11: "the gateway got no answer from the unit: check unit",
}


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
        return await self._read(READ_HOLDING, address, count, unit, timeout_s)

    async def read_input(
        self, address: int, count: int, *, unit: int, timeout_s: float
    ) -> list[int]:
        """The same of input registers."""
        return await self._read(READ_INPUT, address, count, unit, timeout_s)

    async def _read(
        self, function: int, address: int, count: int, unit: int, timeout_s: float
    ) -> list[int]:
        async with self._turn:
            self._garbage = False
            self._asked = function
            try:
                client = await self._connected(timeout_s)
                ask = (
                    client.read_holding_registers
                    if function == READ_HOLDING
                    else client.read_input_registers
                )
                request = ask(address, count=count, device_id=unit)
                reply = await within(timeout_s, request)
                registers = self._judged(reply, address, count, unit)
            except (TimeoutError, OSError, ModbusException) as error:
                raise self._failed(unit, timeout_s) from error
            except asyncio.CancelledError:
                # half a reply may be on its way: the next reader must not get it
                self.close()
                raise
        self._failures = 0
        return registers

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

    def _judged(self, reply: object, address: int, count: int, unit: int) -> list[int]:
        place = f"{self._host}:{self._port} unit {unit}"
        if isinstance(reply, ExceptionResponse):
            code = reply.exception_code
            why = _EXCEPTIONS.get(code, "no reason is known for this code")
            message = f"{place} refused registers {address} to {address + count - 1}"
            raise TemporaryError(f"{message}: exception {code}, {why}", delay_s=REFUSED_DELAY_S)
        registers = list(getattr(reply, "registers", ()))
        if len(registers) != count:
            self._garbage = True
            raise ConnectionError
        return registers

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
    """`data` is, or may become, a reply to a read of registers by the function `asked`.

    MBAP header (transaction, protocol 0, length, unit), then the function code and either a
    count of bytes and the registers, or, with the high bit set, one exception code.
    """
    if data[2:4] != bytes(2)[: len(data[2:4])]:
        return False
    if len(data) < 9:
        return True
    length, function, size = int.from_bytes(data[4:6], "big"), data[7], data[8]
    if function == asked:
        return size % 2 == 0 and length == size + 3
    return function == asked | 0x80 and length == 3
