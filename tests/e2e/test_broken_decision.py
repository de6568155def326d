"""A daemon whose decision only fails ends by itself, says why, and leaves its books whole."""

from __future__ import annotations

import json
import sys

from tests.e2e.conftest import NewSite
from tests.e2e.waiting import until
from tests.e2e.web import answers

BROKEN = """
import sys
from controller.app import control

def fail(seen, state):
    raise KeyError("a bug")

control.decide = fail
from controller.__main__ import main
sys.exit(main())
"""


def test_it_ends_with_an_error_for_the_service_manager(new_site: NewSite) -> None:
    site = new_site(groups={"hall-a": 2})
    site.write()
    command = [sys.executable, "-c", BROKEN, "run", "--config", str(site.path)]
    daemon = site.processes.start(command, name="run")
    until(lambda: answers(site.url + "/"), "the page")
    assert not answers(site.url + "/readyz"), "without a cycle it is not ready"
    assert daemon.wait(40) == 1
    said = [json.loads(line) for line in site.processes.log("run").splitlines()]
    ended = [one for one in said if one["event"] == "the_loop_ended"]
    assert "KeyError: 'a bug'" in ended[0]["exception"]
    assert sum(one["event"] == "cycle_failed" for one in said) > 3
    assert site.command("ledger", "verify")[0] == 0
    assert [one["kind"] for one in site.export("commands")] == []
