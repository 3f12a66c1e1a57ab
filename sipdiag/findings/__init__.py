"""What a finding is, what a rule is, and `diagnose`, which lets every rule look at every subject.

The door of the room: `diagnose` gives a list of `Finding`.
"""

from __future__ import annotations

from sipdiag.findings.causes import caused, unfolded
from sipdiag.findings.diagnose import Rule, RuleBook, diagnose
from sipdiag.findings.fault import Fault, faults_of, joined
from sipdiag.findings.finding import Confidence, Evidence, Finding, Severity
from sipdiag.findings.fingerprint import fingerprint_of
from sipdiag.findings.flawed import fault_evidence, found_fault
from sipdiag.findings.folding import folded
from sipdiag.findings.guessing import Guessing, guessing_of
from sipdiag.findings.identity import Claim, mismatches
from sipdiag.findings.outcome import severity_of
from sipdiag.findings.place import moment_of, number_of
from sipdiag.findings.policy import Policy, Silence, taken
from sipdiag.findings.refused import recovery_evidence, refusal_evidence, refusal_severity, refusal_sightings
from sipdiag.findings.scene import Scene, Source
from sipdiag.findings.sealed import refused_behind, sip_handshakes
from sipdiag.findings.settings import Settings
from sipdiag.findings.silence import silence_of
from sipdiag.findings.surroundings import EMPTY_LINE, PIECES, Facts, Surroundings, merged, size_of
from sipdiag.findings.telling import found, found_below, frames_of, seconds
from sipdiag.findings.whole import Whole, arrived, checked, first_of_each_capture, in_order

__all__ = [
    "EMPTY_LINE",
    "PIECES",
    "Claim",
    "Confidence",
    "Evidence",
    "Facts",
    "Fault",
    "Finding",
    "Guessing",
    "Policy",
    "Rule",
    "RuleBook",
    "Scene",
    "Settings",
    "Severity",
    "Silence",
    "Source",
    "Surroundings",
    "Whole",
    "arrived",
    "caused",
    "checked",
    "diagnose",
    "fault_evidence",
    "faults_of",
    "fingerprint_of",
    "first_of_each_capture",
    "folded",
    "found",
    "found_below",
    "found_fault",
    "frames_of",
    "guessing_of",
    "in_order",
    "joined",
    "merged",
    "mismatches",
    "moment_of",
    "number_of",
    "recovery_evidence",
    "refusal_evidence",
    "refusal_severity",
    "refusal_sightings",
    "refused_behind",
    "seconds",
    "severity_of",
    "silence_of",
    "sip_handshakes",
    "size_of",
    "taken",
    "unfolded",
]
