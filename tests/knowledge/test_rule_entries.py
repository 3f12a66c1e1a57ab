"""`knowledge/*/rule/`: every rule that can find something can also say it, in every language."""

from __future__ import annotations

import ast
import re
import string
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from sipdiag.analysis import analyze
from sipdiag.calls import flaws, ledger
from sipdiag.findings import Finding, flawed, heard, identity, notices, refused, silence, unfolded
from sipdiag.knowledge import DEFAULT_LANGUAGE, Catalogue, Entry, data_folder, languages
from sipdiag.rules import RULES

MODULES = {rule.NAME: rule for field in msgspec.structs.fields(RULES) for rule in getattr(RULES, field.name)}
CATALOGUES = {language: Catalogue(language) for language in languages()}
LEDGER = [
    import_module(f"{ledger.__name__}.{path.stem}") for path in Path(str(ledger.__file__)).parent.glob("[a-z]*.py")
]
SAMPLES = Path(__file__).resolve().parents[2] / "samples"

each_rule = pytest.mark.parametrize("rule", sorted(MODULES))
each_language = pytest.mark.parametrize("language", sorted(CATALOGUES))


def entry_of(rule: str, language: str = DEFAULT_LANGUAGE) -> Entry:
    """The entry of a rule, which must be there."""
    entry = CATALOGUES[language].find(f"rule/{rule}")
    assert entry is not None
    return entry


def placeholders(template: str) -> list[str]:
    """What stands in braces, in alphabetical order, each as often as it stands there."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(template) if name is not None)


def strings(module: ModuleType) -> set[str]:
    """Every string constant in the source of `module`."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@cache
def findings_of(rule: str) -> list[Finding]:
    """What the rule finds in the samples that bear its name."""
    captures = sorted((SAMPLES / rule).glob("*.pcap"))
    analyses = [analyze([str(path)]) for path in captures]
    return [finding for each in analyses for finding in unfolded(each.findings) if finding.rule == rule]


@each_rule
@each_language
def test_every_rule_has_an_entry_of_its_own(rule: str, language: str) -> None:
    """Each language has a file for each rule; none stands in for another."""
    assert (Path(data_folder()) / language / "rule" / f"{rule}.md").is_file()
    entry = entry_of(rule, language)
    assert entry.title
    assert entry.meaning
    assert entry.messages


@each_rule
def test_facts_are_those_of_the_rule(rule: str) -> None:
    """Name and highest severity are the module's, the family is its folder."""
    module = MODULES[rule]
    facts = entry_of(rule).facts
    family = module.__name__.split(".")[-2]
    assert (facts["rule"], facts["severity"], facts["family"]) == (module.NAME, module.SEVERITY.value, family)


@each_rule
@each_language
def test_every_rule_says_what_to_look_at_on_a_platform(rule: str, language: str) -> None:
    """No rule leaves out how it looks on the servers that people run."""
    assert entry_of(rule, language).platforms


@each_rule
@each_language
def test_every_variant_has_a_message_and_a_remedy(rule: str, language: str) -> None:
    """Messages and Remedies speak of the same variants, and of the same in each language."""
    entry = entry_of(rule, language)
    variants = list(entry_of(rule).messages)
    assert list(entry.messages) == variants
    assert list(entry.remedies) == variants


@each_rule
@each_language
def test_translations_fill_in_the_same_evidence(rule: str, language: str) -> None:
    """A translated message or remedy names every placeholder of the English one, as often, and no other."""
    original, entry = entry_of(rule), entry_of(rule, language)
    for variant in original.messages:
        assert placeholders(entry.messages[variant]) == placeholders(original.messages[variant]), variant
        assert placeholders(entry.remedies[variant]) == placeholders(original.remedies[variant]), variant


@each_rule
@each_language
def test_templates_are_well_formed(rule: str, language: str) -> None:
    """Placeholders are plain identifiers: no brace is left over, no attribute, index or format stands in one."""
    entry = entry_of(rule, language)
    for template in (*entry.messages.values(), *entry.remedies.values()):
        names = placeholders(template)
        assert all(name.isidentifier() for name in names), template
        filled = template.format_map(dict.fromkeys(names, "x"))
        assert "{" not in filled
        assert "}" not in filled


@each_rule
def test_no_article_stands_before_what_is_filled_in(rule: str) -> None:
    """Which of "a" and "an" is right hangs on what comes; only a number of SIP, which no vowel begins, may have one."""
    entry = entry_of(rule)
    for template in (*entry.messages.values(), *entry.remedies.values()):
        assert not re.search(r"\ban? `?\{(?!code\})", template, re.IGNORECASE), template


@each_rule
def test_placeholders_are_evidence_of_the_rule(rule: str) -> None:
    """A placeholder is a name that the rule's own source, or what rules share, gives to a piece of evidence."""
    known = strings(MODULES[rule]).union(*map(strings, (refused, flawed, heard, identity, notices)))
    entry = entry_of(rule)
    for template in (*entry.messages.values(), *entry.remedies.values()):
        assert set(placeholders(template)) <= known, template


@each_rule
def test_variants_are_those_of_the_code(rule: str) -> None:
    """A variant is named in the rule's source, or is a reason that its rule passes on."""
    shared = (*LEDGER, flaws, notices, silence)
    known = strings(MODULES[rule]).union(*map(strings, shared))
    for variant in entry_of(rule).messages:
        assert {variant, variant.removesuffix("-accepted")} & known, variant


@each_rule
@each_language
def test_findings_in_the_samples_can_be_told(rule: str, language: str) -> None:
    """What is found has its words, and its evidence holds every placeholder of them."""
    entry = entry_of(rule, language)
    for finding in findings_of(rule):
        assert finding.variant in entry.messages
        for template in (entry.messages[finding.variant], entry.remedies[finding.variant]):
            assert set(placeholders(template)) <= set(finding.evidence), (finding.variant, finding.frames)


@each_rule
def test_no_two_variants_say_the_same(rule: str) -> None:
    """Who reads two findings of one rule can tell by the words how they differ."""
    for language in CATALOGUES:
        messages = list(entry_of(rule, language).messages.values())
        assert len(set(messages)) == len(messages)
