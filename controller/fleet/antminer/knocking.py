"""Showing a password to a miner, and hearing what it makes of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, hdrs
from aiohttp.client_middleware_digest_auth import DigestAuthMiddleware

from controller.fleet.antminer.trial import Trial


class Knock:
    """Digest authentication in one visit, each password shown only in its turn."""

    def __init__(
        self, digest: DigestAuthMiddleware, trial: Trial, miner: str, refused: Callable[[], None]
    ) -> None:
        """`refused` is called when the miner does not accept us."""
        self._digest = digest
        self._trial = trial
        self._miner = miner
        self._refused = refused
        self._challenged = False

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        self._challenged = False
        return await self._digest(request, partial(self._pass_on, handler))

    async def _pass_on(self, handler: ClientHandlerType, request: ClientRequest) -> ClientResponse:
        if hdrs.AUTHORIZATION not in request.headers:
            response = await handler(request)
            self._challenged = response.status == 401
            return response
        async with self._trial.turn(self._miner):
            response = await handler(request)
            self._hear(response)
            return response

    def _hear(self, response: ClientResponse) -> None:
        """A nonce of an earlier visit may be over; only after a fresh one is it the password."""
        if response.status != 401:
            self._trial.accepted()
        elif self._challenged and not is_stale(response):
            self._trial.refused()
            self._refused()
        self._challenged = True


def is_stale(response: ClientResponse) -> bool:
    """Whether it says that the nonce was too old, and the password right."""
    challenge = response.headers.get(hdrs.WWW_AUTHENTICATE, "")
    return "stale=true" in challenge.lower().replace('"', "").replace(" ", "")
