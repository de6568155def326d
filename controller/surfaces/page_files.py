"""The page: files of the package, served from memory."""

from __future__ import annotations

import hashlib
from importlib import resources

from aiohttp import web

TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}


class Page:
    """The files of `controller/surfaces/page`, by name."""

    def __init__(self) -> None:
        folder = resources.files("controller.surfaces") / "page"
        self._files = {
            one.name: one.read_bytes()
            for one in folder.iterdir()
            if one.name.endswith(tuple(TYPES))
        }

    async def index(self, request: web.Request) -> web.Response:
        return self._serve(request, "index.html")

    async def static(self, request: web.Request) -> web.Response:
        return self._serve(request, request.match_info["name"])

    def _serve(self, request: web.Request, name: str) -> web.Response:
        body = self._files.get(name)
        if body is None:
            raise web.HTTPNotFound(reason="no such file of the page")
        tag = hashlib.sha256(body).hexdigest()[:16]
        headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
        if any(known.value == tag for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        kind = TYPES["." + name.rpartition(".")[2]]
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)
