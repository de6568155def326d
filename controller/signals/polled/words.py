"""What an answer that brings no prices means, and what to do about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from controller.links.http import Answer

LONGEST_WAIT_S = 3600.0
"""The most that a server's Retry-After is obeyed."""
MASK = "***"
_SHORTEST_WORD = 6

_STATUS: Mapping[int, str] = {
    304: "nothing has changed, which was not asked: check url and what stands before the source",
    400: "the source does not understand the request: check url and headers",
    401: "the source wants a key, or another one: check the files of header_files",
    403: "the key may not read this: check the files of header_files and the contract",
    404: "there is nothing at this address: check url",
    406: "the source does not offer what is asked for: check headers",
    410: "there is nothing at this address any more: check url",
    429: "too many requests: raise poll_s",
    503: "the source is out of service",
}


def status_problem(answer: Answer, url: str) -> str:
    """The meaning of a status that is not 200."""
    status = answer.status
    if status in _STATUS:
        return f"{status}, {_STATUS[status]}"
    if 300 <= status < 400:
        return f"{status}, {_redirect(answer, url)}"
    if status >= 500:
        return f"{status}, the source has a fault of its own"
    return f"{status} instead of 200: check url"


def _redirect(answer: Answer, url: str) -> str:
    """Only the host of where it leads is named: the rest is the server's to choose."""
    try:
        host = urlsplit(urljoin(url, answer.headers.get("location", ""))).hostname or ""
    except ValueError:
        host = ""
    leads = f"to {_shown(host)}" if host and host != urlsplit(url).hostname else "elsewhere"
    return f"it redirects {leads}, which is not followed: correct url if that is right"


def content_problem(content_type: str, why: object) -> str:
    """Why a body is of no use; a page of HTML is named as such. A reason may hold names that the
    source chose: no terminal is to obey them."""
    kind = _shown(content_type.partition(";")[0])
    named = f" (it is {kind})" if kind and "json" not in kind else ""
    said = "".join(sign if sign.isprintable() else "?" for sign in str(why))
    return f"the answer {said}{named}: check the settings of the feed"


def retry_after_s(answer: Answer) -> float:
    """How long the server asks to be left alone: at most an hour, 0 where it does not say."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT_S)
    wanted, said_at = stamp(text), stamp(answer.headers.get("date", ""))
    if wanted is None or said_at is None:
        return 0.0
    return min(max(0.0, (wanted - said_at).total_seconds()), LONGEST_WAIT_S)


def stamp(text: str) -> datetime | None:
    """A date of HTTP as UTC; None where there is none."""
    try:
        at = parsedate_to_datetime(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def without(secrets: Collection[str], text: str) -> str:
    """`text` with `***` for every secret and for every longer word of one: a server may say our
    own header back."""
    words = {word for secret in secrets for word in (secret, *secret.split())}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= _SHORTEST_WORD:
            text = text.replace(word, MASK)
    return text


def _shown(text: str) -> str:
    """Short, and nothing that a page or a terminal would obey."""
    return "".join(sign for sign in text if sign.isalnum() or sign in "-./+ :")[:60].strip()
