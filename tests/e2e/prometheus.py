"""A real Prometheus that scrapes a site's daemon every second."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.e2e.site import Site
from tests.e2e.waiting import until
from tests.e2e.web import ask

BINARY = shutil.which("prometheus")


class Prometheus:
    """Runs among the site's processes; `start` returns when it serves."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._address = f"{site.block.host}:9090"

    def start(self) -> None:
        assert BINARY is not None, "install the Debian package prometheus"
        folder = self._site.folder
        self._site.processes.start(
            [
                BINARY,
                f"--config.file={self._write(folder / 'prometheus.yml')}",
                f"--storage.tsdb.path={folder / 'tsdb'}",
                f"--web.listen-address={self._address}",
            ],
            name="prometheus",
        )
        until(self._ready, "Prometheus")

    def _write(self, path: Path) -> Path:
        target = f"{self._site.block.host}:{self._site.block.http}"
        scrape = {"job_name": "curtaild", "static_configs": [{"targets": [target]}]}
        wanted = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
            "scrape_configs": [scrape],
        }
        path.write_text(json.dumps(wanted))
        return path

    def _ready(self) -> bool:
        try:
            return ask(f"http://{self._address}/-/ready").status == 200
        except OSError:
            return False

    def query(self, expression: str) -> dict[str, list[float]]:
        """By their labels, the samples of a range selector such as `metric[5m]`."""
        return {
            json.dumps(one["metric"], sort_keys=True): [float(value) for _, value in one["values"]]
            for one in self._result(expression)
        }

    def count(self, expression: str) -> int:
        """How many series an expression gives now."""
        return len(self._result(expression))

    def _result(self, expression: str) -> list[dict[str, Any]]:
        answer = ask(f"http://{self._address}/api/v1/query?query={quote(expression)}").json
        assert answer["status"] == "success", answer
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def series(self, name: str) -> list[float]:
        """Every sample so far of the only series of that name."""
        (samples,) = self.query(f"{name}[1h]").values()
        return samples
