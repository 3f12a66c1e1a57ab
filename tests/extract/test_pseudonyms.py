"""Tests of `sipdiag.extract.pseudonyms`: the same by the same, of the same shape, and never two by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.extract.pseudonyms import Pseudonyms

KEY = b"0123456789abcdef"


def fresh() -> Pseudonyms:
    return Pseudonyms(KEY)


def shape(text: str) -> str:
    """Letters and digits by their kind, the rest as it is."""
    kinds = ("A" if each.isupper() else "a" if each.isalpha() else "0" if each.isdigit() else each for each in text)
    return "".join(kinds)


@pytest.mark.parametrize("written", ["+12025550100", "0012025550100", "01112025550100", "2025550100", "12025550100"])
def test_a_number_is_one_number_however_it_is_dialled(written: str) -> None:
    """Its last nine digits become the same ones; what stands before them stays."""
    told, same = fresh().number(written), fresh().number("+12025550100")
    assert told[-9:] == same[-9:] != written[-9:]
    assert told[:-9] == written[:-9]


@given(st.lists(st.from_regex(r"\+?[0-9]{4,15}", fullmatch=True), max_size=30, unique=True))
def test_numbers_stay_apart(numbers: list[str]) -> None:
    """And have the length and the signs that they had."""
    names = fresh()
    told = [names.number(each) for each in numbers]
    assert len(set(told)) == len(numbers)
    assert [shape(each) for each in told] == [shape(each) for each in numbers]


@pytest.mark.parametrize("written", ["112", "911", "7", "00", ""])
def test_services_stay(written: str) -> None:
    """Emergency calls and the like are no persons."""
    assert fresh().number(written) == written


@pytest.mark.parametrize("written", ["0301234", "030 12345", "4567"])
def test_a_zero_in_front_stays_and_no_other_appears(written: str) -> None:
    """It is dialled to get a line, and decides how a number is read."""
    assert (fresh().number(written)[0] == "0") == (written[0] == "0")


@given(st.lists(st.text("abcXYZ012._-é", min_size=1, max_size=12), max_size=20, unique_by=str.lower))
def test_names_stay_apart_and_keep_their_shape(names: list[str]) -> None:
    """Letters by letters, capitals by capitals; dots and dashes stay."""
    work = fresh()
    told = [work.shaped("name", each) for each in names]
    assert len(set(told)) == len(names)
    assert all(len(one) >= len(other) for one, other in zip(told, names, strict=True))


def test_a_name_is_the_same_in_capitals() -> None:
    """Alice, ALICE and alice are one person."""
    names = fresh()
    assert names.name("ALICE").lower() == names.name("Alice").lower() == names.name("alice")
    assert names.name("Alice")[0].isupper()
    assert names.user("alice.adams").startswith(names.name("alice") + ".")
    assert names.user("alice%40home")[5:8] == "%40"


@pytest.mark.parametrize("written", ["anonymous", "Anonymous", "unavailable"])
def test_nobody_stays_nobody(written: str) -> None:
    """A call without identity is a fact (RFC 3323)."""
    assert fresh().user(written) == written
    assert fresh().host("anonymous.invalid") == "anonymous.invalid"


def test_hosts_lie_under_a_domain_of_nobody() -> None:
    """As long as they were but for the end, which is no real domain; subdomains of one stay of one."""
    names = fresh()
    one, other = names.host("sip.provider.com"), names.host("sbc.provider.com")
    assert one.endswith(".example")
    assert one.split(".")[1:] == other.split(".")[1:]
    assert one.split(".")[0] != other.split(".")[0]
    assert names.host("provider.net").split(".")[0] != names.host("provider.com").split(".")[0]
    assert names.host("8.8.8.8") == names.addresses.text("8.8.8.8")
    assert names.host("[2001:db8::1]") == f"[{names.addresses.text('2001:db8::1')}]"


def test_hexadecimal_stays_hexadecimal() -> None:
    """Nonces and Call-IDs are read as such."""
    assert set(fresh().token("0123456789abcdef" * 4)) <= set("0123456789abcdef")


def test_hardware_addresses_are_marked_as_made_up() -> None:
    """Locally administered, groups and zeros as they were."""
    names = fresh()
    made = names.hardware(bytes.fromhex("0015651a2b3c"))
    assert made[0] & 3 == 2
    assert made != bytes.fromhex("0015651a2b3c")
    for kept in (bytes(6), b"\xff" * 6, bytes.fromhex("01005e000001")):
        assert names.hardware(kept) == kept


def test_what_was_replaced_is_known() -> None:
    """So that it can be looked for elsewhere."""
    names = fresh()
    told = names.name("Alice"), names.number("+12025550100"), names.host("example.com")
    assert [names.known[each] for each in ("Alice", "+12025550100", "example.com")] == list(told)
