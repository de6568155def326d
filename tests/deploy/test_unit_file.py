"""The unit as systemd reads it, without a running systemd."""

from __future__ import annotations

import ipaddress
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from controller.config.load import load
from controller.links.systemd import Notifier
from controller.wiring import SETTINGS
from tests.deploy.station import PROGRAM, UNIT
from tests.e2e.processes import ROOT

LOCAL = {"localhost": ["127.0.0.0/8", "::1/128"], "link-local": ["169.254.0.0/16", "fe80::/64"]}
"""Names that systemd.resource-control(5) gives to networks."""
EXAMPLE = ROOT / "deploy" / "site.yaml"


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    call = ["systemd-analyze", "--no-pager", *words, str(UNIT)]
    return subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)


def values(key: str) -> list[str]:
    """What the unit says for a key, line by line."""
    lines = (line.partition("=") for line in UNIT.read_text().splitlines())
    return [value for name, _, value in lines if name == key]


def allowed() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    words = [word for value in values("IPAddressAllow") for word in value.split()]
    return [ipaddress.ip_network(net) for word in words for net in LOCAL.get(word, [word])]


def reached(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    return any(ip.version == net.version and ip in net for net in allowed())


def test_exposure_is_at_most_one_and_a_half() -> None:
    done = analyze("security", "--offline=true", "--threshold=15")
    assert done.returncode == 0, done.stdout


def test_the_threshold_can_fail() -> None:
    assert analyze("security", "--offline=true", "--threshold=5").returncode != 0


def test_systemd_finds_nothing_wrong_but_that_it_is_not_installed_here() -> None:
    complaints = analyze("verify", "--man=no").stderr.splitlines()
    of_ours = [one for one in complaints if one.startswith("curtaild.service")]
    assert [one for one in of_ours if f"Command {PROGRAM} is not executable" not in one] == []


def test_it_denies_all_but_private_networks() -> None:
    assert values("IPAddressDeny") == ["any"]
    for near in ("127.0.0.1", "::1", "10.20.1.7", "172.16.3.4", "192.168.0.9", "fd00::1"):
        assert reached(near), near
    for far in ("8.8.8.8", "172.32.0.1", "100.64.0.1", "2001:db8::1"):
        assert not reached(far), far


def test_every_secret_of_the_example_is_a_credential_of_the_unit() -> None:
    loaded = dict(value.split(":", 1) for value in values("LoadCredential"))
    plain = yaml.safe_load(EXAMPLE.read_text())
    named = {
        path.removeprefix("${CREDENTIALS_DIRECTORY}/") for path in plain["http"]["tokens"].values()
    }
    assert named == loaded.keys()
    assert all(path == f"/etc/curtaild/credentials/{name}" for name, path in loaded.items())


def test_the_example_is_in_order(tmp_path: Path) -> None:
    for secret in ("grid-operator", "control-room"):
        (tmp_path / secret).write_text(f"a-secret-of-the-{secret}")
        (tmp_path / secret).chmod(0o600)
    (tmp_path / "prices.csv").touch()
    copied = tmp_path / "site.yaml"
    copied.write_text(EXAMPLE.read_text())
    settings = load(copied, SETTINGS, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    watchdog_s = float(values("WatchdogSec")[0])
    Notifier("/run/notify", watchdog_s).expect(float(settings.cycle_s))
    assert settings.state_dir == Path("/var/lib") / values("StateDirectory")[0]


def test_the_stop_may_take_longer_than_the_daemon_does() -> None:
    assert 10 < int(values("TimeoutStopSec")[0]) <= 20


def test_no_secret_stands_in_the_environment() -> None:
    assert values("Environment") == ["PYTHONFAULTHANDLER=1"]
    assert values("EnvironmentFile") == []
