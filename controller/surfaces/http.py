"""The HTTP server: API, metrics and page in one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from controller.errors import PermanentError
from controller.ports import Clock, Inbox, RevenueDesk, Watch
from controller.surfaces.bodies import LARGEST_BODY
from controller.surfaces.dispatch_in import DispatchIn
from controller.surfaces.endpoints import ENDPOINTS
from controller.surfaces.events import Events
from controller.surfaces.guard import errors_as_json, harden, is_loopback, only_hosts
from controller.surfaces.metrics import Metrics
from controller.surfaces.miner_pages import MinerPages
from controller.surfaces.page_files import Page
from controller.surfaces.people import People
from controller.surfaces.reads import Reads
from controller.surfaces.revenue_in import RevenueIn
from controller.surfaces.settings import HttpSettings
from controller.surfaces.tokens import load_secrets, load_tokens
from controller.surfaces.webhooks.webhook_in import WebhookIn, load_senders

SHUTDOWN_S = 1.0
"""How long requests under way may take to end; a dispatch commits well within."""


class HttpSurface:
    """Serves the API, the metrics and the page.

    Raises:
        PermanentError: a token file cannot be used; the message names key and file.
    """

    def __init__(
        self,
        settings: HttpSettings,
        inbox: Inbox,
        watch: Watch,
        clock: Clock,
        *,
        revenue: RevenueDesk | None = None,
    ) -> None:
        self._settings = settings
        self._events = Events(watch, clock)
        self._runner: web.AppRunner | None = None
        self._port = settings.port
        refused: Counter[str] = Counter()
        self._tokens = tokens = load_tokens(settings)
        self._people = people = People(inbox, watch, clock, tokens, settings.operators)
        senders = load_senders(settings.webhooks)
        self._webhooks = webhooks = WebhookIn(inbox, clock, senders, refused)
        self._handlers = {
            **Reads(watch, Metrics(watch, clock, refused)).handlers(),
            "miners": MinerPages(watch).page,
            "events": self._events.stream,
            "take_webhook": webhooks.take,
            "send_dispatch": DispatchIn(inbox, tokens, refused).send,
            "recall_dispatch": people.recall,
            "opt_out_penalty": people.penalty,
            "opt_out": people.opt_out,
            "orders": people.orders,
            "set_order": people.set_order,
            "end_order": people.end_order,
            "set_lock": people.set_lock,
            "release_lock": people.release_lock,
            "import_revenue_meter": RevenueIn(revenue, people.operator).take,
        }

    @property
    def port(self) -> int:
        """The port that is listened on; once started, never 0."""
        return self._port

    @property
    def url(self) -> str:
        """Where the page is, for a browser on this machine or one that may reach it."""
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        return f"http://{host}:{self._port}/"

    def reload(self, settings: HttpSettings) -> Callable[[], None]:
        """Read the tokens of `settings`; what is returned takes them and the operators over.

        Raises:
            PermanentError: a token file cannot be used; the message names key and file.
        """
        secrets, senders = load_secrets(settings), load_senders(settings.webhooks)

        def take_over() -> None:
            self._tokens.adopt(secrets)
            self._webhooks.adopt(senders)
            self._people.adopt(settings.operators)

        return take_over

    async def start(self) -> None:
        """Listen.

        Raises:
            PermanentError: the address cannot be listened on.
        """
        host = self._settings.host
        runner = web.AppRunner(
            application(self._settings, self._handlers),
            access_log=None,
            handle_signals=False,
            shutdown_timeout=SHUTDOWN_S,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, host, self._settings.port).start()
        except OSError as error:
            await runner.cleanup()
            where = f"http.host {host}, http.port {self._settings.port}"
            raise PermanentError(f"{where}: cannot listen: {error.strerror or error}") from error
        self._runner = runner
        self._port = runner.addresses[0][1]
        await self._events.start()

    async def stop(self) -> None:
        """Close the port and end what is open, streams at once, within a few seconds."""
        await self._events.stop()
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()


def application(settings: HttpSettings, handlers: Mapping[str, Handler]) -> web.Application:
    """The routes of the endpoints' table and of the page, with their guards."""
    guards: list[Middleware] = [errors_as_json]
    if is_loopback(settings.host):
        guards.append(only_hosts(settings.hosts))
    app = web.Application(middlewares=guards, client_max_size=LARGEST_BODY)
    app.on_response_prepare.append(harden)
    for endpoint in ENDPOINTS:
        handler = handlers[endpoint.operation]
        if endpoint.method == "GET" and endpoint.operation != "events":
            app.router.add_get(endpoint.path, handler)
        else:
            app.router.add_route(endpoint.method, endpoint.path, handler)
    page = Page()
    app.router.add_get("/", page.index)
    app.router.add_get("/static/{name}", page.static)
    return app
