"""`curtaild run --farm` in the foreground: it shows the site, and leaves nothing behind."""

from __future__ import annotations

import signal
import socket

import pytest

from tests.e2e.site import Process, Site
from tests.e2e.waiting import until


@pytest.fixture
def running(site: Site) -> Process:
    site.write()
    return site.daemon("--farm")


def test_the_page_and_its_parts_answer(site: Site, running: Process) -> None:
    page = site.get("/")
    assert page.status == 200
    for path in ("/healthz", "/readyz", "/metrics", "/api/v1/state", "/api/v1/plan"):
        assert site.get(path).status == 200
    assert "http://" not in page.text.replace("http://www.w3.org/", "")
    assert site.url in site.processes.log("run")
    assert len(site.processes.alive()) == 2


def test_ctrl_c_ends_everything(site: Site, running: Process) -> None:
    site.interrupt(running)
    assert running.wait(10) == 0
    assert not site.processes.alive()


def test_ctrl_c_ends_everything_while_it_starts(site: Site) -> None:
    site.write()
    daemon = site.processes.curtaild("run", "--config", site.path, "--farm")
    until(lambda: len(site.processes.alive()) == 2 or daemon.poll() is not None, "the farm")
    site.interrupt(daemon)
    assert daemon.wait(10) == 0
    assert not site.processes.alive()


def test_kill_9_of_the_daemon_ends_the_farm(site: Site, running: Process) -> None:
    running.kill()
    running.wait()
    until(lambda: not site.processes.alive(), "the end of the farm", 10)


def test_sigterm_takes_the_farm_along(site: Site, running: Process) -> None:
    running.send_signal(signal.SIGTERM)
    assert running.wait(10) == 0
    assert not site.processes.alive()


@pytest.mark.parametrize("taken", ["http", "control", "meter", "miner"])
def test_a_port_in_use_is_named(site: Site, taken: str) -> None:
    block = site.block
    address = {
        "http": (block.host, block.http),
        "control": (block.host, block.control),
        "meter": (block.host, block.meters),
        "miner": (block.miner(20), 4028),
    }[taken]
    site.write()
    with socket.create_server(address):
        code, said = site.processes.finished("run", "--farm", "--config", str(site.path))
    assert code == 1
    assert "Traceback" not in said
    assert str(address[1]) in said
    assert address[0] in said
    assert not site.processes.alive()


def test_the_farm_of_somebody_else_is_not_taken_for_ours(site: Site) -> None:
    farm = site.farm()
    code, said = site.processes.finished("run", "--farm", "--config", str(site.path))
    assert code == 1
    assert "already" in said
    assert farm.poll() is None
    assert [*site.processes.alive()] == [farm.pid]
