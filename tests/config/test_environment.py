"""The environment goes over the file, and its mistakes name the variable."""

from __future__ import annotations

from decimal import Decimal

from controller.config.load import load
from controller.wiring import SETTINGS
from tests.config.conftest import Complaints, Spoil


def test_a_variable_goes_over_the_file(spoil: Spoil) -> None:
    environ = {
        "CURTAILD_HTTP__PORT": "9000",
        "CURTAILD_SITE__IMPORT_LIMIT_KW": "185.5",
        "CURTAILD_CYCLE_S": "7",
        "CURTAILD_FEEDS__METER__HOST": "127.20.0.9",
        "PATH": "/bin",
    }
    settings = load(spoil(), SETTINGS, environ)
    assert settings.http.port == 9000
    assert settings.site.import_limit_kw == Decimal("185.5")
    assert settings.cycle_s == 7
    assert settings.feeds["meter"].host == "127.20.0.9"
    assert settings.site.id == "north"


def test_a_variable_reaches_a_name_with_a_dash(spoil: Spoil) -> None:
    settings = load(spoil(), SETTINGS, {"CURTAILD_GROUPS__HALL_A__LIMIT_KW": "99"})
    assert settings.groups["hall-a"].limit_kw == 99
    assert settings.groups.keys() == {"hall-a", "hall-b"}


def test_a_whole_section_may_be_json(spoil: Spoil) -> None:
    settings = load(spoil(), SETTINGS, {"CURTAILD_LOG": '{"level": "debug", "format": "text"}'})
    assert (settings.log.level, settings.log.format) == ("debug", "text")


def test_a_variable_may_give_what_the_file_lacks(spoil: Spoil) -> None:
    path = spoil("state_dir: state\n", "")
    settings = load(path, SETTINGS, {"CURTAILD_STATE_DIR": "elsewhere"})
    assert settings.state_dir == path.parent / "elsewhere"


def test_mistakes_name_the_variable(complaints: Complaints) -> None:
    environ = {
        "CURTAILD_SITE__IMPORT_LIMIT_KW": "-5",
        "CURTAILD_HTTP__PORT": "http",
        "CURTAILD_GROUPS__HALL_A__LIMIT_KW": "0",
        "CURTAILD_ECONOMICS": "cheap",
    }
    assert complaints(environ=environ) == [
        "environment CURTAILD_ECONOMICS: economics: must be a mapping of keys",
        "environment CURTAILD_GROUPS__HALL_A__LIMIT_KW: groups.hall-a.limit_kw: "
        "must be greater than 0",
        "environment CURTAILD_HTTP__PORT: http.port: must be a whole number",
        "environment CURTAILD_SITE__IMPORT_LIMIT_KW: site.import_limit_kw: must be greater than 0",
    ]


def test_a_comparison_that_fails_by_a_variable_names_it(complaints: Complaints) -> None:
    environ = {"CURTAILD_PROGRAMS__ERS__AUTHORITY": "nobody"}
    assert complaints(environ=environ) == [
        "environment CURTAILD_PROGRAMS__ERS__AUTHORITY: programs.ers.authority: "
        "has no way in: name its token under http.tokens.nobody, or name nobody under "
        "mqtt.authorities or as authority of http.webhooks"
    ]


def test_unknown_variables_are_refused(complaints: Complaints) -> None:
    environ = {"CURTAILD_HTPP__PORT": "1", "CURTAILD_SITE__IMPORT_LIMT_KW": "1"}
    assert complaints(environ=environ) == [
        "environment CURTAILD_HTPP__PORT: htpp: unknown key; did you mean http?",
        "environment CURTAILD_SITE__IMPORT_LIMT_KW: site.import_limt_kw: unknown key; "
        "did you mean import_limit_kw?",
    ]
