"""What strangers do to a registrar in the samples: they guess, count upwards, and call."""

from __future__ import annotations

from dataclasses import replace

from conversation import Agent, Dialog, Host, Message, challenge, credentials
from recording import Recording

STRANGER = Host(address="203.0.113.66", port=5071)
PHONE = Agent(user="1001", address="192.0.2.10")
REGISTRAR = Agent(user="registrar", address="198.51.100.5", software="PBX 20.6.0")
TOOL = "Deskphone 9.1"


def posing(user: str, *, software: str = TOOL, host: Host = STRANGER) -> Agent:
    """Whoever is at `host`, as the user that it says it is."""
    return Agent(user=user, address=host.address, port=host.port, software=software)


def registered(
    wire: Recording,
    agent: Agent,
    name: str,
    password: str,
    *,
    right: bool,
    after: float = 0.2,
    dialog: Dialog | None = None,
) -> None:
    """REGISTER, 401, REGISTER with a password, and what the registrar thinks of it: 200 or 403."""
    talk = dialog or Dialog(caller=agent, callee=agent, name=name, uri="sip:example.com")
    contact = (("Contact", f"<{agent.contact_uri}>"), ("Expires", "600"))
    first = talk.request(agent, "REGISTER", *contact)
    wire.send(first, agent, REGISTRAR, after=after)
    asked = challenge("example.com", f"{name}-{first.cseq}")
    wire.send(talk.reply(first, 401, ("WWW-Authenticate", asked), by=REGISTRAR), REGISTRAR, agent, after=0.01)
    answer = credentials(agent, password, asked, "REGISTER", "sip:example.com")
    second = talk.request(agent, "REGISTER", *contact, ("Authorization", answer))
    wire.send(second, agent, REGISTRAR, after=0.01)
    final = talk.reply(second, 200, *contact, by=REGISTRAR) if right else talk.reply(second, 403, by=REGISTRAR)
    wire.send(final, REGISTRAR, agent, after=0.01)


def asked(wire: Recording, agent: Agent, method: str, user: str, code: int, *, after: float = 0.1) -> Message:
    """One request for `user`, and the response; the challenge that a 401 brings is not answered."""
    whom = replace(REGISTRAR, user=user)
    sender = replace(agent, user=user) if method == "REGISTER" else agent
    talk = Dialog(caller=sender, callee=whom, name=f"{wire.path.name}-{method}-{user}-{len(wire.packets)}")
    request = talk.request(sender, method)
    wire.send(request, agent, REGISTRAR, after=after)
    fields = (("WWW-Authenticate", challenge("example.com", user)),) if code == 401 else ()
    response = talk.reply(request, code, *fields, by=replace(REGISTRAR, user=user))
    wire.send(response, REGISTRAR, agent, after=0.005)
    return response
