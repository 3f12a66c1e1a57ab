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
    """How far a recorder's clock goes back before it is worth a word: below, packets of several queues are swapped."""
    message_oversized_bytes: int = 1300
    """Above this a request must not go over UDP where nobody knows the path MTU (RFC 3261, section 18.1.1)."""
    setup_slow_s: float = 11.0
    """From the first INVITE to the first that the caller is told: the 95 % of international calls in ITU-T E.721."""
    unfinished_after_s: float = 180.0
    """Without any response after the last provisional one: timer C (RFC 3261, section 16.6)."""
    challenge_answer_s: float = 32.0
    """From a challenge to credentials: a client that knows them needs milliseconds, a user who types them half a
    minute."""
    registration_refresh_s: float = 10.0
    """A refresh sooner than this after the last one is needless, if the binding lasts more than four times as long."""
    registration_storm_count: int = 10
    """Needless refreshes of one binding that are worth a word."""

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
    """Addresses that one client asks once each with OPTIONS, in vain, before it is no longer told of each."""
    condition_ignored_count: int = 3
    """Requests that repeat what a server refused, or come before the time it set, before that is more than a note."""
    expiry_grace_s: float = 2.0
    """After a binding or a subscription has run out before it is told: clocks and ways differ that much."""
    lines_count: int = 10
    """Addresses-of-record of one host above which it is a gateway, a test tool or a scanner: of a line that it drops
    nothing is told."""

    sip_ports: tuple[int, ...] = (5060, 5061)
    """Ports where a connection that was refused counts as SIP even if no message shows it."""
    retransmitted_count: int = 3
    """Requests between two peers that had to be sent again before they were answered: fewer are not worth a word."""
    retransmitted_share: float = 0.1
    """Share of them all that had to be sent four times or more, 3.5 s and longer, before that is more than a note."""
    response_slow_s: float = 2.0
    """From a request to the first word on it: a server that is well needs milliseconds."""
    response_slow_count: int = 10
    """Slow responses of one server before that is more than a note."""
    response_slow_share: float = 0.1
    """Share of the server's responses that must be slow besides."""

    media_judged_s: float = 3.0
    """How long a side must have been to be heard before it is judged that it was not."""
    media_late_s: float = 2.0
    """From the answer to the first packet of a side; people say hello once more after that."""
    media_stopped_s: float = 5.0
    """From the last packet of a side to the end of the time in which it was to be heard."""
    media_loss_percent: float = 3.0
    """Packets that never came before it is told: concealment hides less than that."""
    media_loss_count: int = 5
    """And so many of them: of a few packets one is many percent."""
    media_jitter_ms: float = 30.0
    """Mean over a stream: the usual jitter buffer holds two packets of 20 ms."""
    media_silent_s: float = 8.0
    """Nothing but silence from the first packet to the last, for so long: people pause for less."""
    media_unexpected_count: int = 5
    """Packets of a payload type that nobody agreed on before they are told: fewer were on their way when it changed."""

    identity_fresh_s: float = 60.0
    """How far the time of a PASSporT may be from that of its request (RFC 8224, section 6.2)."""
    certificates: tuple[Certificate, ...] = ()
    """Those that signatures of PASSporTs are held against."""
