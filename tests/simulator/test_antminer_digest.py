"""Digest authentication: who is let in, who is asked again, who is not."""

from __future__ import annotations

import pytest

from controller.simulator.antminer.digest import NONCE_LASTS_S, DigestGate, Verdict

from .stock import READ, StockClient, md5


async def test_without_a_signature_it_asks_for_one(stock: StockClient) -> None:
    challenge = await stock.challenge()
    assert challenge["realm"] == "antMiner Configuration"
    assert challenge["qop"] == "auth"
    assert "stale" not in challenge


async def test_with_the_password_it_lets_in(stock: StockClient) -> None:
    assert (await stock.ask(READ)).status == 200


async def test_a_wrong_password_is_refused_and_not_called_stale(stock: StockClient) -> None:
    nonce = (await stock.challenge())["nonce"]
    stock.password = "guess"
    answer = await stock.send(READ, authorization=stock.sign(READ, nonce))
    assert answer.status == 401
    assert "stale" not in answer.headers["WWW-Authenticate"]


async def test_a_nonce_that_it_never_gave_is_stale(stock: StockClient) -> None:
    answer = await stock.send(READ, authorization=stock.sign(READ, md5("made up")))
    assert answer.status == 401
    assert "stale=true" in answer.headers["WWW-Authenticate"]


async def test_a_request_cannot_be_replayed(stock: StockClient) -> None:
    signed = stock.sign(READ, (await stock.challenge())["nonce"])
    assert (await stock.send(READ, authorization=signed)).status == 200
    replayed = await stock.send(READ, authorization=signed)
    assert replayed.status == 401
    assert "stale=true" in replayed.headers["WWW-Authenticate"]


async def test_a_nonce_is_good_for_more_than_one_request(stock: StockClient) -> None:
    nonce = (await stock.challenge())["nonce"]
    for count in ("00000001", "00000002", "0000000a"):
        signed = stock.sign(READ, nonce, nc=count)
        assert (await stock.send(READ, authorization=signed)).status == 200


@pytest.mark.parametrize(
    "spoiled",
    [
        {"username": "admin"},
        {"realm": "elsewhere"},
        {"qop": "auth-int"},
        {"nc": "first"},
        {"uri": "/cgi-bin/set_miner_conf.cgi"},
    ],
)
async def test_a_signature_for_something_else_is_refused(
    stock: StockClient, spoiled: dict[str, str]
) -> None:
    nonce = (await stock.challenge())["nonce"]
    answer = await stock.send(READ, authorization=stock.sign(READ, nonce, **spoiled))
    assert answer.status == 401


@pytest.mark.parametrize("header", ["Basic cm9vdDpyb290", "Digest", "Digest nonce=", ""])
async def test_what_is_no_signature_is_refused(stock: StockClient, header: str) -> None:
    assert (await stock.send(READ, authorization=header)).status == 401


def test_a_nonce_gets_old() -> None:
    seconds = [0.0]
    gate = DigestGate("m", "root", lambda: seconds[0])
    client = StockClient("127.0.0.1", 1)
    nonce = gate.challenge(stale=False).split('nonce="')[1].split('"')[0]
    target = f"/cgi-bin/{READ}.cgi"
    assert gate.judge("GET", target, client.sign(READ, nonce)) is Verdict.GRANTED
    seconds[0] = NONCE_LASTS_S + 1
    signed = client.sign(READ, nonce, nc="00000002")
    assert gate.judge("GET", target, signed) is Verdict.STALE
