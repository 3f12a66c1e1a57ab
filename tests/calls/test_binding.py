"""Tests of `sipdiag.calls.binding`."""

from __future__ import annotations

from registrar import CONTACT, Registrar
from sipdiag.calls import Binding, bindings_of, correlate

SECOND = 1_000_000_000
GRANTED = CONTACT.replace(">", ">;expires=60")


def bindings(registrar: Registrar) -> list[Binding]:
    (registration,) = correlate(registrar.talk.sightings).registrations
    return bindings_of(registration)


def test_a_binding_knows_what_was_granted_and_how_often_it_was_refreshed() -> None:
    """Refusals between refreshes change neither."""
    registrar = Registrar()
    registrar.says(200, 0, answer=GRANTED)
    registrar.says(401, 50)
    registrar.says(200, 51, answer=GRANTED)
    registrar.says(200, 90, answer=GRANTED)
    (binding,) = bindings(registrar)
    assert (binding.contact, binding.granted) == ("sip:+12025550100@192.0.2.10", 60)
    assert binding.intervals == [51 * SECOND, 39 * SECOND]


def test_a_contact_that_changes_is_another_binding() -> None:
    """The port counts, parameters and display names do not (RFC 3261, section 10.2.4)."""
    registrar = Registrar()
    for at, contact in enumerate(("<sip:a@192.0.2.1:5060>", "Al <sip:a@192.0.2.1:5060;ob>", "<sip:a@192.0.2.1:6000>")):
        request = registrar.asks(at, contact=f"Contact: {contact}\r\n")
        registrar.talk.response(200, request, at + 0.1, fields="Expires: 300\r\n")
    assert [(each.contact, len(each.accepted)) for each in bindings(registrar)] == [
        ("sip:a@192.0.2.1:5060", 2),
        ("sip:a@192.0.2.1:6000", 1),
    ]


def test_contacts_of_one_request_are_bound_each_for_its_time() -> None:
    """RFC 3261, section 10.2.1: one REGISTER may bind several."""
    registrar = Registrar()
    request = registrar.asks(0, contact="Contact: <sip:a@192.0.2.1>, <sip:b@192.0.2.2>;expires=40\r\n")
    registrar.talk.response(200, request, 0.1, fields="Contact: <sip:a@192.0.2.1>;expires=20\r\n")
    assert [each.granted for each in bindings(registrar)] == [20, 40]


def test_a_star_removes_them_all() -> None:
    """RFC 3261, section 10.2.2."""
    registrar = Registrar()
    registrar.says(200, 0, answer=GRANTED)
    request = registrar.asks(1, "Expires: 0\r\n", contact="Contact: *\r\n")
    registrar.talk.response(200, request, 1.1)
    assert [each.granted for each in bindings(registrar)] == [0]
