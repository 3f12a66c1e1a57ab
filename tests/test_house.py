"""The house is in order: one name in five places, a test for every module, no room that does another's work."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import msgspec
import pytest

from sipdiag.rules import RULES

ROOT = Path(__file__).resolve().parents[1]
SOURCE, TESTS = ROOT / "sipdiag", ROOT / "tests"
MODULES = sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.py") if "data" not in path.parts)
RULE_FILES = {path.stem.replace("_", "-"): path for path in (SOURCE / "rules").rglob("*.py") if path.stem != "__init__"}
LISTED = {rule.NAME: rule for field in msgspec.structs.fields(RULES) for rule in getattr(RULES, field.name)}
TEST_FILES = sorted(TESTS.rglob("test_*.py"))

FAMILIES = {
    "transaction": "ack-missing ack-missing-failure ack-mismatched ack-late request-unanswered request-retransmitted "
    "response-unmatched response-slow cancel-crossed-answer prack-missing condition-ignored",
    "call": "call-failed call-unfinished setup-slow bye-unanswered bye-rejected reinvite-rejected reinvite-glare "
    "session-expired fork-answer-abandoned transfer-failed hops-exhausted route-bypassed dropped-by-timer "
    "cause-mistranslated",
    "registration": "registration-failed registration-expired interval-too-brief challenge-ignored "
    "credentials-rejected nonce-stale flow-expired",
    "subscription": "subscription-failed subscription-expired notify-missing notify-unanswered",
    "address": "contact-private sdp-private",
    "message": "message-malformed header-missing content-length-wrong message-oversized",
    "session": "answer-missing offer-overlapping codec-mismatch media-rejected crypto-mismatch dtmf-mismatch",
    "media": "media-missing media-one-way media-late media-stopped media-loss media-jitter media-silent "
    "media-source-mismatch media-codec-unexpected",
    "keepalive": "options-unanswered",
    "transport": "tcp-refused tcp-reset tls-failed tls-expected fragment-lost",
    "security": "scanner-seen password-guessing extension-scan request-flood account-compromised toll-fraud-suspected",
    "identity": "identity-missing identity-stale identity-mismatched identity-invalid identity-unverified",
    "capture": "capture-damaged capture-encrypted capture-truncated capture-one-sided capture-clock-jump",
}
"""CONTRACT, names of the rules: nobody renames one; a new one is added here and there."""

TESTED_ELSEWHERE = {
    "__main__.py": "cli/test_main.py",
    "errors.py": "cli/test_main.py",
    "calls/codec.py": "report/test_streams.py",
    "calls/tying.py": "calls/test_carriage.py",
    "calls/correlation.py": "calls/test_transaction.py",
    "calls/ledger/duty.py": "calls/ledger/test_ledger.py",
    "calls/ledger/silence.py": "findings/test_silence.py",
    "capture/complaint.py": "capture/test_remote.py",
    "cli/clicking.py": "test_imports.py",
    "cli/commands.py": "cli/test_main.py",
    "cli/explanation.py": "cli/test_explain.py",
    "cli/judging.py": "cli/test_settings.py",
    "cli/language.py": "cli/test_analyze.py",
    "cli/options.py": "cli/test_analyze.py",
    "cli/quick.py": "cli/test_explain.py",
    "cli/reading.py": "cli/test_analyze.py",
    "cli/audit_progress.py": "cli/test_audit.py",
    "engine/closing.py": "engine/test_auditing.py",
    "engine/carrying.py": "engine/test_auditing.py",
    "difference/change.py": "difference/test_comparing.py",
    "engine/judgement.py": "engine/test_conclusion.py",
    "engine/merging.py": "engine/test_auditing.py",
    "engine/outlook.py": "engine/test_conclusion.py",
    "engine/part.py": "engine/test_whole.py",
    "engine/gist.py": "engine/test_whole.py",
    "engine/results.py": "engine/test_auditing.py",
    "engine/stages.py": "engine/test_auditing.py",
    "engine/store.py": "engine/test_summary.py",
    "engine/survey.py": "engine/test_conclusion.py",
    "expect/expectations.py": "expect/test_reading.py",
    "expect/mismatch.py": "expect/test_comparing.py",
    "engine/terminal.py": "cli/test_audit.py",
    "engine/wording.py": "engine/test_page.py",
    "findings/flawed.py": "rules/message/test_message_malformed.py",
    "findings/settings.py": "findings/test_scene.py",
    "findings/whole.py": "findings/test_diagnose.py",
    "knowledge/conditions.py": "knowledge/test_overlay.py",
    "knowledge/entry.py": "knowledge/test_entries.py",
    "knowledge/files.py": "knowledge/test_shelf.py",
    "media/batch.py": "media/test_streams.py",
    "media/events.py": "media/test_streams.py",
    "media/fax.py": "media/test_udptl.py",
    "media/jitter.py": "media/test_streams.py",
    "media/rtp.py": "media/test_streams.py",
    "media/sequence.py": "media/test_streams.py",
    "media/silence.py": "media/test_streams.py",
    "media/stream.py": "media/test_streams.py",
    "report/checks.py": "report/test_check_text.py",
    "report/differences.py": "report/test_difference_text.py",
    "report/compare.py": "cli/test_compare.py",
    "report/entry_answers.py": "cli/test_explain.py",
    "report/entry_blocks.py": "cli/test_explain.py",
    "report/entry_facts.py": "cli/test_explain.py",
    "report/entry_json.py": "cli/test_explain.py",
    "report/entry_markdown.py": "cli/test_explain.py",
    "report/entry_text.py": "cli/test_explain.py",
    "report/lists.py": "cli/test_codes.py",
    "sip/kinds.py": "sip/test_validity.py",
    "sip/strict.py": "sip/test_validity.py",
    "sip/values.py": "sip/test_validity.py",
    "transport/carriage.py": "transport/test_websocket.py",
    "transport/columns.py": "transport/test_udp.py",
    "transport/internet.py": "transport/test_fragments.py",
    "transport/rewrapped.py": "transport/test_tunnels.py",
    "transport/segments.py": "transport/test_tcp.py",
}
"""Module without a test file of its name → the tests that go through it: tables, values, parts of one thing."""
UNTESTED = {
    "defect.py": "a value without behaviour",
    "trace/trace.py": "values without behaviour",
    "transport/delivery.py": "values without behaviour",
    "cli/progress.py": "drawn on a terminal only, and only after a second",
}
"""Module → why nothing tests it."""
WITHOUT_AN_RFC = {"capture", "security"}
"""Families whose laws no RFC gives."""
SPEAKERS = {"cli", "__main__.py"}
"""What may print, read the command line and exit."""
LONGEST_FUNCTION = 60
LONGEST_FILE = 400


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


# One name, five places


def test_every_rule_file_is_listed_and_every_listed_rule_is_a_file() -> None:
    """`RULES` is written by hand: nothing is found by magic, and nothing lies about unused."""
    assert set(LISTED) == set(RULE_FILES)
    assert sorted(RULES.names) == sorted(LISTED)


@pytest.mark.parametrize("name", sorted(RULE_FILES))
def test_a_rule_has_one_name_in_five_places(name: str) -> None:
    """Module, entry in each language, sample, test: all called after the rule."""
    path = RULE_FILES[name]
    family = path.parent.name
    assert name == LISTED[name].NAME
    assert name in FAMILIES[family].split()
    due = [
        *(ROOT / "knowledge" / language / "rule" / f"{name}.md" for language in ("en", "pt")),
        ROOT / "samples" / name / f"{name}.pcap",
        TESTS / "rules" / family / f"test_{path.stem}.py",
    ]
    assert [str(each.relative_to(ROOT)) for each in due if not each.exists()] == []


@pytest.mark.parametrize("language", ["en", "pt"])
def test_every_rule_entry_has_its_rule(language: str) -> None:
    """An entry on a rule that nobody can break explains nothing."""
    entries = {path.stem for path in (ROOT / "knowledge" / language / "rule").glob("*.md")}
    assert entries - set(RULE_FILES) == set()


def test_every_rule_test_has_its_rule() -> None:
    """In the family's folder."""
    tests = {path.relative_to(TESTS / "rules") for path in (TESTS / "rules").rglob("test_*.py")}
    rules = {path.parent.relative_to(SOURCE / "rules") / f"test_{path.stem}.py" for path in RULE_FILES.values()}
    assert tests - rules == set()


def test_every_sample_named_like_a_rule_has_its_rule() -> None:
    """Other samples tell stories that no rule is called after."""
    promised = {name for names in FAMILIES.values() for name in names.split()}
    samples = {path.parent.name for path in (ROOT / "samples").glob("*/build.py")}
    assert samples & promised - set(RULE_FILES) == set()


@pytest.mark.parametrize("name", sorted(RULE_FILES))
def test_a_rule_file_reads_like_the_others(name: str) -> None:
    """Its law with its RFC in the docstring, NAME, SEVERITY, what it does; no other rule imported."""
    tree = parsed(RULE_FILES[name])
    law = ast.get_docstring(tree) or ""
    assert "RFC " in law or (law and RULE_FILES[name].parent.name in WITHOUT_AN_RFC)
    whole = LISTED[name] in RULES.wholes
    assert {"NAME", "SEVERITY", *(("gathered", "told") if whole else ("check",))} <= set(vars(LISTED[name]))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [each for each in imported if each.startswith("sipdiag.rules")]


# Tests


@pytest.mark.parametrize("path", TEST_FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_a_test_states_its_law(path: Path) -> None:
    """Every test function has a docstring, and every test file one that names what it tests."""
    tree = parsed(path)
    assert ast.get_docstring(tree)
    tests = [node for node in functions(tree) if node.name.startswith("test_")]
    assert tests
    assert [node.name for node in tests if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("module", [each for each in MODULES if each.name != "__init__.py"], ids=str)
def test_a_module_has_its_test_file(module: Path) -> None:
    """Tests mirror the package name for name; the exceptions are listed, with where they are tested or why not."""
    name = module.as_posix()
    own = TESTS / module.parent / f"test_{module.name}"
    assert name in UNTESTED or (TESTS / TESTED_ELSEWHERE[name] if name in TESTED_ELSEWHERE else own).exists()


@pytest.mark.parametrize("name", [*TESTED_ELSEWHERE, *UNTESTED])
def test_an_exception_is_needed(name: str) -> None:
    """A module that is gone, or has its test file by now, is none."""
    assert (SOURCE / name).exists()
    assert not (TESTS / Path(name).parent / f"test_{Path(name).name}").exists()


# Rooms


PROCESSES = {"trace/second.py": {"os._exit"}, "engine/halves.py": {"os._exit"}}
"""A process that is a copy of another must not end as that one would."""


@pytest.mark.parametrize("module", [each for each in MODULES if each.parts[0] not in SPEAKERS], ids=str)
def test_only_the_command_line_speaks(module: Path) -> None:
    """Below `cli` nothing prints, reads arguments or the environment, exits, or asks for the time."""
    tree = parsed(SOURCE / module)
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    named = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert called & {"print", "input", "exit", "quit", "breakpoint"} == set()
    assert named & {"sys.argv", "sys.stdout", "sys.stderr", "sys.exit", "os.environ"} == set()
    assert imported & {"time", "random", "secrets", "argparse", "click", "logging"} == set()
    allowed = PROCESSES.get(str(module), set())
    assert not [each for each in called - allowed if re.search(r"\b(now|today|utcnow|getenv|_exit)$", each)]


def test_no_module_is_called_after_nothing() -> None:
    """No `utils`, `helpers`, `common`, `core`, `base`, `manager`."""
    names = {part.removesuffix(".py") for module in MODULES for part in module.parts}
    assert names & {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc"} == set()


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_files_and_functions_stay_readable(module: Path) -> None:
    """A file of 400 lines and a function of 60 are the most; less is better."""
    path = SOURCE / module
    tree = parsed(path)
    assert ast.get_docstring(tree)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    spans = {f"{module}:{node.name}": (node.end_lineno or 0) - node.lineno + 1 for node in functions(tree)}
    assert {name: size for name, size in spans.items() if size > LONGEST_FUNCTION} == {}
