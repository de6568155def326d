"""An XML document without declarations or entities, its elements by their local names."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring


def parsed(body: bytes) -> Element:
    """
    Raises:
        ValueError: it is no XML, or declares something: no market does.
    """
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except DefusedXmlException as error:
        raise ValueError("is XML that declares entities or a document type") from error
    except (ParseError, LookupError, RecursionError, ValueError) as error:
        raise ValueError(f"is not XML ({type(error).__name__})") from error
    return root


def name_of(element: Element) -> str:
    """Without its namespace, which says a version."""
    return element.tag.rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    return (one for one in element if name_of(one) == name)


def child(element: Element, name: str) -> Element:
    """
    Raises:
        ValueError: there is none.
    """
    found = next(children(element, name), None)
    if found is None:
        there = ", ".join(dict.fromkeys(name_of(one)[:40] for one in element)) or "nothing"
        raise ValueError(f"{name_of(element)[:40]} has no {name}; it has {there[:200]}")
    return found


def text(element: Element, name: str) -> str:
    """What stands in the first child of that name.

    Raises:
        ValueError: there is none.
    """
    return (child(element, name).text or "").strip()


def perhaps(element: Element, name: str) -> str:
    """The same; empty where there is none."""
    found = next(children(element, name), None)
    return "" if found is None else (found.text or "").strip()
