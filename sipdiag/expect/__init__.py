"""What a project expects of its recordings: which findings it accepts, and how each test call must have gone.

The door of the room: `compared` gives a `Compared` for each expectation, `sifted` a `Judged` for each finding; both go
into a `Verdict`.
"""

from __future__ import annotations

from sipdiag.expect.baseline import Accepted, Baseline, Judged, Sifted, accepting, sifted
from sipdiag.expect.comparing import parties_of
from sipdiag.expect.course import Courses, Step
from sipdiag.expect.example import expectations_of
from sipdiag.expect.expectations import (
    Expectations,
    Expected,
    ExpectedCall,
    ExpectedCapture,
    ExpectedHeader,
    ExpectedRegistration,
    ExpectedRequest,
    ExpectedSubscription,
    Range,
)
from sipdiag.expect.listening import directions_of, lowest_mos
from sipdiag.expect.mismatch import Compared, Mismatch, Value
from sipdiag.expect.pairing import compared
from sipdiag.expect.reading import baseline_in, expectations_in
from sipdiag.expect.subjects import Subject, agreement_of, forms_of, short_form, steps_of, subjects_in
from sipdiag.expect.verdict import Unreadable, Verdict, verdict_of

__all__ = [
    "Accepted",
    "Baseline",
    "Compared",
    "Courses",
    "Expectations",
    "Expected",
    "ExpectedCall",
    "ExpectedCapture",
    "ExpectedHeader",
    "ExpectedRegistration",
    "ExpectedRequest",
    "ExpectedSubscription",
    "Judged",
    "Mismatch",
    "Range",
    "Sifted",
    "Step",
    "Subject",
    "Unreadable",
    "Value",
    "Verdict",
    "accepting",
    "agreement_of",
    "baseline_in",
    "compared",
    "directions_of",
    "expectations_in",
    "expectations_of",
    "forms_of",
    "lowest_mos",
    "parties_of",
    "short_form",
    "sifted",
    "steps_of",
    "subjects_in",
    "verdict_of",
]
