"""What a finding is, what a rule is, and `diagnose`, which lets every rule look at every subject.

The door of the room: `diagnose` gives a list of `Finding`.
"""

from __future__ import annotations

from sipdiag.findings.causes import caused, unfolded
from sipdiag.findings.diagnose import Rule, RuleBook, diagnose
from sipdiag.findings.finding import Confidence, Evidence, Finding, Severity
from sipdiag.findings.fingerprint import fingerprint_of
from sipdiag.findings.flawed import flaw_evidence, found_flaw
from sipdiag.findings.folding import folded
from sipdiag.findings.guessing import Guessing, account_of, guessings
from sipdiag.findings.identity import Claim, mismatches
from sipdiag.findings.outcome import severity_of
from sipdiag.findings.place import moment_of, number_of
from sipdiag.findings.policy import Policy, Silence, taken
from sipdiag.findings.refused import recovery_evidence, refusal_evidence, refusal_severity, refusal_sightings
from sipdiag.findings.scene import Scene
from sipdiag.findings.settings import Settings
from sipdiag.findings.silence import silence_of
from sipdiag.findings.telling import found, found_below, frames_of, seconds

__all__ = [
    "Claim",
    "Confidence",
    "Evidence",
    "Finding",
    "Guessing",
    "Policy",
    "Rule",
    "RuleBook",
    "Scene",
    "Settings",
    "Severity",
    "Silence",
    "account_of",
    "caused",
    "diagnose",
    "fingerprint_of",
    "flaw_evidence",
    "folded",
    "found",
    "found_below",
    "found_flaw",
    "frames_of",
    "guessings",
    "mismatches",
    "moment_of",
    "number_of",
    "recovery_evidence",
    "refusal_evidence",
    "refusal_severity",
    "refusal_sightings",
    "seconds",
    "severity_of",
    "silence_of",
    "taken",
    "unfolded",
]
