"""What a finding is, what a rule is, and `diagnose`, which lets every rule look at every subject.

The door of the room: `diagnose` gives a list of `Finding`.
"""

from __future__ import annotations

from sipdiag.findings.attribution import ATTACKS, attacker_of, calls_of_attack, explains, owned_by, owners_in
from sipdiag.findings.causes import Circles, caused, circles_of, grouped, unfolded
from sipdiag.findings.damage import Damage, damages_in, damages_of
from sipdiag.findings.diagnose import Rule, RuleBook, diagnose, is_asked, on_calls, on_subjects
from sipdiag.findings.fault import Fault, faults_of, joined
from sipdiag.findings.finding import Confidence, Evidence, Finding, Severity
from sipdiag.findings.fingerprint import fingerprint_of, without_ports
from sipdiag.findings.flawed import fault_evidence, found_fault
from sipdiag.findings.flow import Flow, Flows, Mark, Traffic, all_traffic, behind_nat, devices_of, flows_of, traffic_of
from sipdiag.findings.folding import CAUSE, Folding, causes_in, directions_of, folded, is_open, shown_at, told_once
from sipdiag.findings.guessing import Guessing, guessing_of
from sipdiag.findings.heard import found_heard, hearing_evidence, names_of, saves_packets
from sipdiag.findings.identity import Claim, mismatches, signature_in
from sipdiag.findings.notices import KINDS, Notice, Notices
from sipdiag.findings.order import arrived, first_of_each_capture, in_order
from sipdiag.findings.outcome import may_go_on, severity_of, was_mended
from sipdiag.findings.place import moment_of, number_of
from sipdiag.findings.policy import Policy, Silence, silence_for, taken, weighed
from sipdiag.findings.refused import recovery_evidence, refusal_evidence, refusal_severity, refusal_sightings
from sipdiag.findings.scene import MediaWays, Passing, Scene, Source, unheard_in, ways_together
from sipdiag.findings.sealed import possible_handshakes, refused_behind, sip_handshakes
from sipdiag.findings.settings import Settings
from sipdiag.findings.silence import silence_of, sureness
from sipdiag.findings.stilled import Stilled, recorded_until_the_end, stilled_in
from sipdiag.findings.surroundings import EMPTY_LINE, PIECES, Facts, Surroundings, merged, size_of
from sipdiag.findings.telling import found, found_below, frames_of, milliseconds, seconds
from sipdiag.findings.twins import MOST_TWINS, beside, place_of, refusals_in
from sipdiag.findings.whole import Whole, checked

__all__ = [
    "ATTACKS",
    "CAUSE",
    "EMPTY_LINE",
    "KINDS",
    "MOST_TWINS",
    "PIECES",
    "Circles",
    "Claim",
    "Confidence",
    "Damage",
    "Evidence",
    "Facts",
    "Fault",
    "Finding",
    "Flow",
    "Flows",
    "Folding",
    "Guessing",
    "Mark",
    "MediaWays",
    "Notice",
    "Notices",
    "Passing",
    "Policy",
    "Rule",
    "RuleBook",
    "Scene",
    "Settings",
    "Severity",
    "Silence",
    "Source",
    "Stilled",
    "Surroundings",
    "Traffic",
    "Whole",
    "all_traffic",
    "arrived",
    "attacker_of",
    "behind_nat",
    "beside",
    "calls_of_attack",
    "caused",
    "causes_in",
    "checked",
    "circles_of",
    "damages_in",
    "damages_of",
    "devices_of",
    "diagnose",
    "directions_of",
    "explains",
    "fault_evidence",
    "faults_of",
    "fingerprint_of",
    "first_of_each_capture",
    "flows_of",
    "folded",
    "found",
    "found_below",
    "found_fault",
    "found_heard",
    "frames_of",
    "grouped",
    "guessing_of",
    "hearing_evidence",
    "in_order",
    "is_asked",
    "is_open",
    "joined",
    "may_go_on",
    "merged",
    "milliseconds",
    "mismatches",
    "moment_of",
    "names_of",
    "number_of",
    "on_calls",
    "on_subjects",
    "owned_by",
    "owners_in",
    "place_of",
    "possible_handshakes",
    "recorded_until_the_end",
    "recovery_evidence",
    "refusal_evidence",
    "refusal_severity",
    "refusal_sightings",
    "refusals_in",
    "refused_behind",
    "saves_packets",
    "seconds",
    "severity_of",
    "shown_at",
    "signature_in",
    "silence_for",
    "silence_of",
    "sip_handshakes",
    "size_of",
    "stilled_in",
    "sureness",
    "taken",
    "told_once",
    "traffic_of",
    "unfolded",
    "unheard_in",
    "was_mended",
    "ways_together",
    "weighed",
    "without_ports",
]
