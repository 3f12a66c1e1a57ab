"""The thresholds that rules judge by, each with a default that a healthy network does not reach.

A settings file (`sipdiag.toml`, or `[tool.sipdiag]` in `pyproject.toml`) gives others by these names.
"""

from __future__ import annotations

import msgspec

from sipdiag.sip import Certificate


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts as slow, as many, as large; units stand at the end of each name."""

    guess_legs: bool = True
    """Whether calls of different Call-IDs are taken for legs of one where no header field says so, only likeness."""
    clock_jump_s: float = 1.0
    """A recorder's clock that goes back by less is not reported: packets of several queues may be swapped."""
    message_oversized_bytes: int = 1300
    """Above this a request must not go over UDP where nobody knows the path MTU (RFC 3261, section 18.1.1)."""
    setup_slow_s: float = 11.0
    """From the first INVITE until the caller hears anything: 95 % of international calls need less (ITU-T E.721)."""
    unfinished_after_s: float = 180.0
    """From the last provisional response without any other: timer C (RFC 3261, section 16.6)."""
    challenge_answer_s: float = 32.0
    """From a challenge to credentials: a client that has them needs milliseconds, a user who types them half a minute.
    """
    registration_refresh_s: float = 10.0
    """A refresh sooner than this after the last one is needless, if the binding lasts more than four times as long."""
    registration_storm_count: int = 10
    """So many needless refreshes of one binding are reported."""

    scanner_user_agents: tuple[str, ...] = (
        "friendly-scanner",
        "friendly-request",
        "sipvicious",
        "sundayddr",
        "sipcli",
        "sip-scan",
        "sipscan",
        "pplsip",
        "sivus",
        "sippts",
    )
    """What stands in the User-Agent of tools that look for open servers, in any case."""
    guesses: int = 20
    """Refused credentials of one host within `guess_window_s` that no forgetful user reaches."""
    guess_window_s: float = 60.0
    guessed_accounts: int = 10
    """Accounts that one program was refused within that time, where it tries one after the other."""
    scanned_extensions: int = 20
    """Users that one host asks for in vain within `scan_window_s`."""
    scan_window_s: float = 60.0
    flood_requests: int = 500
    """New requests of one host within `flood_window_s`, hardly one of them served."""
    flood_window_s: float = 5.0
    home_country: str = ""
    """Calling code of the users' own country, digits only (`55`); empty: calls abroad are not judged."""
    international_prefixes: tuple[str, ...] = ("00", "011")
    """What is dialled for an international call besides `+`."""
    high_risk_codes: tuple[str, ...] = (
        *("53", "216", "220", "221", "222", "224", "231", "232", "235", "236", "239", "240", "243", "245", "252"),
        *("257", "261", "263", "269", "371", "372", "375", "381", "387", "4470", "5939", "670", "674", "675", "677"),
        *("678", "679", "682", "685", "686", "687", "688", "690", "692", "870", "881", "882", "883", "960", "979"),
    )
    """Calling codes where fraud by revenue share is common: satellites, premium numbers, some countries."""
    toll_fraud_calls: int = 10
    """Calls of one account to such destinations within `toll_fraud_window_s`."""
    toll_fraud_window_s: float = 3600.0
    dialled_prefixes: int = 4
    """Ways in which one host dials one and the same number: users know theirs, fraudsters try them."""
    options_targets_count: int = 10
    """A client that asks more addresses than this once each with OPTIONS, in vain, is not reported for each of them."""
    condition_ignored_count: int = 3
    """So many requests that repeat what a server refused, or come before the time it set, make more than a note."""
    expiry_grace_s: float = 2.0
    """A binding or a subscription that ran out is reported only after this time: clocks and delays differ so much."""
    lines_count: int = 10
    """A host with more addresses-of-record than this is a gateway, a test tool or a scanner: a line that it no longer
    registers is not reported."""

    sip_ports: tuple[int, ...] = (5060, 5061)
    """Ports where a connection that was refused counts as SIP even if no message shows it."""
    retransmitted_count: int = 3
    """So many requests between two peers that had to be sent again before they were answered are reported."""
    retransmitted_share: float = 0.1
    """If this share of all requests had to be sent four times or more (3.5 s and longer), it is more than a note."""
    response_slow_s: float = 2.0
    """From a request to the first response that its client waits for: a healthy server needs milliseconds."""
    response_slow_count: int = 10
    """So many slow responses of one server make more than a note."""
    response_slow_share: float = 0.1
    """And this share of the server's responses must be slow."""

    media_judged_s: float = 3.0
    """A side is judged unheard only where it was to be heard for so long."""
    media_late_s: float = 2.0
    """From the answer to the first packet of a side: after that people say hello once more."""
    media_stopped_s: float = 5.0
    """From the last packet of a side to the end of the time in which it was to be heard."""
    media_loss_percent: float = 3.0
    """This share of lost packets is reported: concealment hides less."""
    media_loss_count: int = 5
    """And at least so many packets must be lost: of a short stream a single one is many percent."""
    media_jitter_ms: float = 30.0
    """Mean over a stream: the usual jitter buffer holds two packets of 20 ms."""
    media_silent_s: float = 8.0
    """A stream of nothing but silence, this long, is reported: people pause for less."""
    media_unexpected_count: int = 5
    """So many packets of a payload type that was not agreed on are reported: fewer were on the way when it changed."""

    identity_fresh_s: float = 60.0
    """How far the time of a PASSporT may be from that of its request (RFC 8224, section 6.2)."""
    certificates: tuple[Certificate, ...] = ()
    """The certificates to check the signatures of PASSporTs with."""
