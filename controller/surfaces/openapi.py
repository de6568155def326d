"""The OpenAPI 3.1 document, made from the endpoints and their pydantic models."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from controller.surfaces.api_requests import Sent
from controller.surfaces.endpoints import ENDPOINTS, JSON, Answer, Endpoint

VERSION = "1.0.0"
"""Of the API, not of curtaild."""

REF = "#/components/schemas/{model}"

Mode = Literal["validation", "serialization"]


def document() -> dict[str, Any]:
    """The document of the API."""
    paths: dict[str, Any] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "curtaild",
            "summary": "A site controller for flexible mining load.",
            "version": VERSION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.operation,
        "summary": endpoint.summary,
        "responses": {str(code): _answer(one) for code, one in sorted(endpoint.answers.items())},
    }
    names = re.findall(r"{(\w+)}", endpoint.path)
    parameters = [_parameter(name) for name in names]
    parameters += [_query(name, text) for name, text in endpoint.query.items()]
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body is not None:
        operation["requestBody"] = {
            "required": endpoint.body_required,
            "content": {JSON: {"schema": _ref(endpoint.body)}},
        }
    if endpoint.token:
        operation["security"] = [{"token": []}]
    return operation


def _answer(answer: Answer) -> dict[str, Any]:
    schema: dict[str, Any] = {} if answer.media == JSON else {"type": "string"}
    if answer.model is not None:
        schema = _ref(answer.model)
    return {"description": answer.text, "content": {answer.media: {"schema": schema}}}


def _parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}


def _schemas() -> dict[str, Any]:
    models: list[tuple[type[BaseModel], Mode]] = [
        (model, "validation" if issubclass(model, Sent) else "serialization")
        for model in sorted(_models(), key=lambda one: one.__name__)
    ]
    _, defined = models_json_schema(models, ref_template=REF)
    schemas: dict[str, Any] = defined["$defs"]
    return schemas


def _models() -> set[type[BaseModel]]:
    answered = {one.model for endpoint in ENDPOINTS for one in endpoint.answers.values()}
    sent = {endpoint.body for endpoint in ENDPOINTS}
    return {model for model in answered | sent if model is not None}
