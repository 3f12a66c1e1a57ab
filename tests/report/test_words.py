"""Tests of `sipdiag.report.words`: where results and words join."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from exchange import Exchange, ladder
from reporting import analysis_of, sample, words
from sipdiag.findings import Confidence, Evidence, Finding, Severity, diagnose
from sipdiag.report.words import filled
from sipdiag.rules import RULES


def finding(rule: str = "no-such-rule", knowledge: str = "", variant: str = "way") -> Finding:
    return Finding(
        rule=rule,
        variant=variant,
        severity=Severity.ERROR,
        confidence=Confidence.LIKELY,
        knowledge=knowledge or f"rule/{rule}",
        capture=0,
        time=0,
        frames=[1],
    )


@pytest.mark.parametrize(
    ("template", "evidence", "told"),
    [
        ("{repeats} times", {"repeats": 10}, "10 times"),
        ("over {time_s} s", {"time_s": 31.5}, "over 31.5 s"),
        ("over {time_s} s", {"time_s": 32.0}, "over 32 s"),
        ("over {time_s} s", {"time_s": 0.12345}, "over 0.123 s"),
        ("by {routes}", {"routes": ["<sip:a>", "<sip:b>"]}, "by <sip:a>, <sip:b>"),
        ("{unknown}", {}, "{unknown}"),
        ("{a}", {"a": "{b}", "b": "no"}, "{b}"),
        ("{0} {a.b} {a!r} {{a}}", {"a": 1}, "{0} {a.b} {a!r} {1}"),
        ("{stray}", {"stray": "\udcff"}, "\\xff"),
    ],
)
def test_a_sentence_is_filled_with_evidence(template: str, evidence: Evidence, told: str) -> None:
    """Numbers without needless zeros, lists with commas; what a packet said is never read as a template."""
    assert filled(template, evidence) == told


@pytest.mark.parametrize("language", ["en", "pt"])
def test_a_finding_is_told_with_its_facts(language: str) -> None:
    """The frame and the figure stand in the sentence, in either language."""
    talk = Exchange()
    talk.again(talk.answered_call(ack=False), *ladder(1.5))
    (missing,) = diagnose(talk.scene(), RULES)
    told = words(language).message(missing)
    assert {"en": "31.5", "pt": "31,5"}[language] in told
    assert "203.0.113.20:5060" in told
    assert "ACK" in words(language).remedy(missing)


def test_the_languages_differ() -> None:
    """Labels, meanings and sentences."""
    english, portuguese = words("en"), words("pt")
    assert english.label("findings") != portuguese.label("findings")
    assert english.meaning("status/403", "INVITE") != portuguese.meaning("status/403", "INVITE")


def test_a_rule_without_an_entry_is_told_by_its_name() -> None:
    """Nothing is hidden because somebody has not written about it yet."""
    assert words().message(finding()) == "no-such-rule: way"
    assert words().remedy(finding()) == ""


def test_a_variant_without_a_remedy_takes_the_first_step_of_its_entry() -> None:
    """Of the code's entry where one explains it, else of the rule's."""
    for rule, key in (("no-such-rule", "status/403"), ("ack-missing", "rule/ack-missing")):
        entry = words().entry(key)
        assert entry is not None
        assert words().remedy(finding(rule, key, "new")) == entry.fix[0]


def test_a_response_is_explained_by_the_entry_of_its_code() -> None:
    """A code outside the catalogue by that of its class (RFC 3261, section 8.1.3.2); a request by none."""
    talk = Exchange()
    request = talk.request("INVITE", 0)
    assert words().status_key(request) == ""
    assert words().status_key(talk.response(403, request, 1)) == "status/403"
    unknown = words().entry(words().status_key(talk.response(499, request, 1)))
    assert unknown is not None
    assert unknown.title


@pytest.mark.parametrize("key", ["status/999x", "status/", "rule/none", ""])
def test_what_the_catalogue_does_not_have_is_none(key: str) -> None:
    """Then there is no meaning to tell."""
    assert words().entry(key) is None
    assert words().meaning(key, "INVITE") == ""


def test_the_method_decides_the_meaning_where_it_matters() -> None:
    """A 200 to a BYE is no answer to a call."""
    assert words().meaning("status/200", "BYE") != words().meaning("status/200", "INVITE")
    assert "\n" not in words().meaning("status/200", "BYE")
    assert words().meaning("status/481", "BYE") == "The call is over for both sides."


@pytest.mark.parametrize("language", ["en", "pt"])
def test_a_change_of_a_session_is_no_answer_to_a_call(language: str) -> None:
    """RFC 3261, section 14: an INVITE with a tag in To changes a session; where that makes no difference it is one."""
    told = words(language)
    seen = [
        each for each in analysis_of(sample("media-stopped/moved")).correlation.arrivals if each.sighting.message.status
    ]
    answered = {
        each.sighting.frame: told.answered("status/200", each.sighting, each.transaction)
        for each in seen
        if each.sighting.message.status == 200
    }
    assert list(answered.values()) == ["INVITE", "re-INVITE", "BYE"]
    meanings = [told.meaning("status/200", method) for method in answered.values()]
    assert len(set(meanings)) == 3
    again = next(each for each in seen if answered.get(each.sighting.frame) == "re-INVITE")
    assert told.answered("status/403", again.sighting, again.transaction) == "INVITE"
    assert told.meaning("status/403", "re-INVITE") == told.meaning("status/403", "INVITE")


@pytest.mark.parametrize(("language", "says"), [("en", " The response says "), ("pt", " A resposta diz ")])
def test_what_a_refusal_says_of_itself_is_told(language: str, says: str) -> None:
    """Warning, Reason and Retry-After are the server's own words on the cause, and Server tells whose they are."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.response(503, invite, 0.1, fields='Warning: 399 a.example.net "all lines busy"\r\nRetry-After: 30\r\n')
    talk.request("ACK", 0.2)
    talk.response(500, talk.request("OPTIONS", 200, call_id="later", branch="later"), 200.1)
    (failed,) = (each for each in diagnose(talk.scene(), RULES) if each.rule == "call-failed")
    told = words(language).message(failed)
    assert told.endswith(says + 'Warning: 399 a.example.net "all lines busy"; Retry-After: 30.')
    bare = replace(failed, evidence={key: each for key, each in failed.evidence.items() if "header" not in key})
    assert says not in words(language).message(bare)
    assert says not in words(language).message(replace(failed, rule="dropped-by-timer", variant="fitted"))
