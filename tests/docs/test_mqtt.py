"""docs/mqtt.md: its examples fit the schemas, its topics and metrics are those that there are."""

from __future__ import annotations

import json
import re

from openapi_schema_validator import OAS31Validator

from controller.model.view import AdapterHealth, LinkHealth
from controller.surfaces.families import links
from controller.surfaces.mqtt.schemas import schemas
from controller.surfaces.mqtt.topics import Inlet, Topics
from tests.docs.pages import ROOT
from tests.surfaces.views import a_view

TEXT = (ROOT / "docs" / "mqtt.md").read_text(encoding="utf-8")


def test_the_examples_fit_their_schemas() -> None:
    examples = [json.loads(one) for one in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]
    names = ["receipt" if one["received"] else "error" for one in examples]
    assert sorted(names) == ["error", "receipt"]
    for name, one in zip(names, examples, strict=True):
        assert OAS31Validator(schemas()[name]).is_valid(one)


def test_every_metric_is_named() -> None:
    link = AdapterHealth(name="mqtt", kind="mqtt", link=LinkHealth(connected=True))
    for family in links.families(a_view(adapters={"mqtt": link})):
        name = family.name + ("_total" if family.type == "counter" else "")
        assert f"`{name}`" in TEXT


def test_every_topic_is_listed_and_in_the_acl() -> None:
    site = Topics("curtaild", "pecos-1")
    inlets = [site.inlet(one, "<authority>") for one in Inlet]
    outlets = [site.receipt("<authority>"), site.error("<authority>")]
    whole = [site.state, site.plan, site.status]
    acl = (ROOT / "deploy" / "mosquitto.acl").read_text(encoding="utf-8")
    for topic in (*inlets, *outlets, *whole):
        assert f"| `{topic.replace(site.root, '<root>')}` |" in TEXT
        assert topic.replace("<authority>", "+") in acl
