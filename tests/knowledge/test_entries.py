"""`knowledge/`: every entry has the form that its README tells, says one thing in all languages, names what exists."""

from __future__ import annotations

import re
from functools import cache

import pytest

from sipdiag.knowledge.overlay import VOCABULARY
from sipdiag.sip import INVALID, begins_message, defects, parse
from tests.entries import KNOWLEDGE, LANGUAGES, NAMES, RFCS, TRANSLATIONS, code_spans, items, labels, page

ORDER = ("description", "seen_when", "fix", "when_to_use", "messages", "remedies", "for", "platforms", "example")
REQUIRED = {"description", "seen_when", "fix", "references"}
PLATFORMS = ("Asterisk (PJSIP)", "FreeSWITCH", "Kamailio", "OpenSIPS")
LONGEST_LEAD = 100

RULES = {
    *(
        "ack-missing",
        "ack-missing-failure",
        "ack-mismatched",
        "ack-late",
        "request-unanswered",
        "request-retransmitted",
        "response-unmatched",
        "response-slow",
        "cancel-crossed-answer",
        "prack-missing",
        "condition-ignored",
    ),
    *(
        "call-failed",
        "call-unfinished",
        "setup-slow",
        "bye-unanswered",
        "bye-rejected",
        "reinvite-rejected",
        "reinvite-glare",
        "session-expired",
        "fork-answer-abandoned",
        "transfer-failed",
        "hops-exhausted",
        "route-bypassed",
        "dropped-by-timer",
        "cause-mistranslated",
    ),
    *(
        "registration-failed",
        "registration-expired",
        "interval-too-brief",
        "challenge-ignored",
        "credentials-rejected",
        "nonce-stale",
        "flow-expired",
    ),
    *("subscription-failed", "subscription-expired", "notify-missing", "notify-unanswered"),
    *("contact-private", "sdp-private"),
    *("message-malformed", "header-missing", "content-length-wrong", "message-oversized"),
    *("answer-missing", "offer-overlapping", "codec-mismatch", "media-rejected", "crypto-mismatch", "dtmf-mismatch"),
    *(
        "media-missing",
        "media-one-way",
        "media-late",
        "media-stopped",
        "media-loss",
        "media-jitter",
        "media-silent",
        "media-source-mismatch",
        "media-codec-unexpected",
    ),
    *("options-unanswered",),
    *("tcp-refused", "tcp-reset", "tls-failed", "tls-expected", "fragment-lost"),
    *(
        "scanner-seen",
        "password-guessing",
        "extension-scan",
        "request-flood",
        "account-compromised",
        "toll-fraud-suspected",
    ),
    *("identity-missing", "identity-stale", "identity-mismatched", "identity-invalid", "identity-unverified"),
    *("capture-damaged", "capture-truncated", "capture-one-sided", "capture-clock-jump"),
}
"""All rules that are agreed upon: an entry may point to one still to be written, to nothing else that is missing."""

every_entry = pytest.mark.parametrize("name", NAMES)
every_language = pytest.mark.parametrize("language", LANGUAGES)
every_translation = pytest.mark.parametrize("language", TRANSLATIONS)


@every_translation
def test_languages_have_the_same_entries(language: str) -> None:
    """No entry is missing in a language, and none stands in a language alone."""
    translated = {
        str(path.relative_to(KNOWLEDGE / language).with_suffix("")) for path in KNOWLEDGE.glob(f"{language}/*/*.md")
    }
    assert translated == set(NAMES)


@every_language
@every_entry
def test_sections_stand_in_their_order_and_none_is_empty(name: str, language: str) -> None:
    """The fixed headings stand in the fixed order; the required ones are there; nothing is empty."""
    sections = page(name, language).sections
    tops = [section.name.partition(" ")[0] for section in sections if section.level == 2]
    assert [each for each in [*ORDER, "references"] if each in tops] == list(dict.fromkeys(tops))
    required = REQUIRED | ({"when_to_use"} if name.startswith("status/") else set())
    required |= {"messages", "remedies"} if name.startswith("rule/") else set()
    assert required <= set(tops)
    assert len([each for each in tops if each != "for"]) == len({each for each in tops if each != "for"})
    for section in sections:
        assert section.body or section.name == "platforms"
        if section.level == 3:
            assert section.name in ("seen_when", "fix", *PLATFORMS)


@every_language
@every_entry
def test_lists_have_their_form(name: str, language: str) -> None:
    """What one sees is a bullet list, how to fix it a numbered one from 1 on, with no prose around them."""
    for section in page(name, language).sections:
        marks = items(section.body)
        if section.name == "fix":
            assert marks == [f"{number}." for number in range(1, len(marks) + 1)]
        elif section.name in ("seen_when", "references", "messages", "remedies") or section.name in PLATFORMS:
            assert set(marks) == {"-"}
        else:
            continue
        assert re.match(r"- |1\. ", section.body)


@every_language
@every_entry
def test_the_lead_is_one_short_sentence(name: str, language: str) -> None:
    """One sentence of at most 100 characters, for it stands beside every response in the report."""
    lead = page(name, language).lead
    assert 0 < len(lead) <= LONGEST_LEAD
    assert "\n" not in lead
    assert lead.endswith(".")


@every_translation
@every_entry
def test_no_fact_differs_between_languages(name: str, language: str) -> None:
    """Headings, list lengths, code font, RFC numbers and examples are the same; the facts stand in English only."""
    english, translated = page(name, "en"), page(name, language)
    assert english.facts
    assert translated.facts is None
    if name.startswith(("status/", "method/")):
        assert translated.title == english.title
    assert [each[:2] for each in translated.sections] == [each[:2] for each in english.sections]
    assert code_spans(translated.lead) == code_spans(english.lead)
    for one, other in zip(english.sections, translated.sections, strict=True):
        if one.name == "example":
            assert other.body == one.body
            continue
        assert items(other.body) == items(one.body)
        assert code_spans(other.body) == code_spans(one.body)
        assert sorted(re.findall(r"RFC \d+", other.body)) == sorted(re.findall(r"RFC \d+", one.body))


@every_translation
def test_labels_are_the_same_in_all_languages(language: str) -> None:
    """Every label of the program is in every language, with the same placeholders."""
    english, translated = labels("en"), labels(language)
    for table, texts in english.items():
        if isinstance(texts, str):
            assert translated[table]
            continue
        assert translated[table].keys() == texts.keys()
        for label, text in texts.items():
            assert _placeholders(translated[table][label]) == _placeholders(text), label
    assert translated.keys() == english.keys()


def _placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)\}", text))


@every_entry
def test_related_entries_exist(name: str) -> None:
    """Whoever follows a link finds an entry, and no entry leads to itself."""
    facts = page(name, "en").facts or {}
    assert facts["related"]
    assert set(facts["related"]) <= (set(NAMES) | {f"rule/{rule}" for rule in RULES}) - {name}


@every_entry
def test_facts_are_of_the_vocabulary(name: str) -> None:
    """A fact has one of the values that the README lists; the file is called what its facts say."""
    facts = page(name, "en").facts or {}
    shelf, _, stem = name.partition("/")
    if shelf != "status":
        stated = {"class": "digit", "warning": "code"}.get(shelf, shelf)
        assert str(facts[stated]) == (stem[0] if shelf == "class" else stem)
        return
    assert stem.partition("-")[0] == str(facts["code"])
    for fact, allowed in VOCABULARY.items():
        assert facts[fact] in allowed
    assert facts["methods"]
    assert facts["origin"] in ("iana", "rfc2543", "kamailio", "opensips", "carriers")
    assert facts["class"] == VOCABULARY["class"][facts["code"] // 100 - 1]
    assert facts["ends_transaction"] is (facts["code"] >= 200)


@every_entry
def test_sip_examples_parse(name: str) -> None:
    """A message or header field shown as an example is one that the parser of sipdiag reads whole."""
    for example in re.findall(r"^```sip\n(.*?)^```$", _example(name), re.MULTILINE | re.DOTALL):
        lines = example.splitlines()
        begins = begins_message(example.encode())
        message = parse("\r\n".join([*([] if begins else ["SIP/2.0 200 OK"]), *lines, "", ""]).encode())
        assert message is not None
        fields = lines[begins : lines.index("") if "" in lines else len(lines)]
        assert len(message.all_fields) == sum(not line.startswith(" ") for line in fields)
        if begins and len(lines) > 1:  # a start line alone is an excerpt
            assert [each.kind for each in defects(message) if each.kind in INVALID] == []


@every_translation
@every_entry
def test_a_translation_quotes_the_titles_of_the_rfcs(name: str, language: str) -> None:
    """What stands in parentheses behind a section of an RFC is its title, which has one language."""
    title = re.compile(r"^- (RFC \d+), \S+ ([\d.A-Z]+) (\(.*\))$", re.MULTILINE)
    quoted = [
        [title.findall(section.body) for section in page(name, each).sections if section.name == "references"]
        for each in ("en", language)
    ]
    assert quoted[0] == quoted[1]


def _example(name: str) -> str:
    return next((section.body for section in page(name, "en").sections if section.name == "example"), "")


def _references() -> list[tuple[str, str, str, str]]:
    """Each reference of each entry to a section of an RFC: entry, RFC, section, title."""
    pattern = re.compile(r"^- RFC (\d+), section ([\d.A-Z]+) \((.*)\)$", re.MULTILINE)
    return [
        (name, *reference)
        for name in NAMES
        for section in page(name, "en").sections
        if section.name == "references"
        for reference in pattern.findall(section.body)
    ]


@pytest.mark.skipif(not RFCS.is_dir(), reason="the texts of the RFCs do not lie beside this checkout")
def test_sections_of_rfcs_exist_under_their_titles() -> None:
    """A reference names a section that the RFC has, by the title that it has there; so do the facts."""
    checked = [each for each in _references() if _titles(each[1])]
    assert len(checked) > 300
    assert [each for each in checked if each[3] not in _titles(each[1]).get(each[2], ())] == []
    stated = [(name, page(name, "en").facts or {}) for name in NAMES]
    facts = [(name, str(each["rfc"]), str(each["section"])) for name, each in stated if "section" in each]
    assert [each for each in facts if (titles := _titles(each[1])) and each[2] not in titles] == []


@cache
def _titles(rfc: str) -> dict[str, set[str]]:
    """Section → its titles (in the table of contents and above the text); empty for an RFC whose text is not there."""
    titles: dict[str, set[str]] = {}
    path = RFCS / f"rfc{rfc}.txt"
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    for line in lines:
        found = re.match(r"^ {0,6}(\d+(?:\.\d+)*)\.?\s+(\S.*?)(?:\s*\.{3,}.*|(?: \.)+\s*\d*\s*)?$", line)
        if found:
            titles.setdefault(found[1], set()).add(found[2].strip())
    return titles
