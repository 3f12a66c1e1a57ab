"""Tests of what is left of UDP datagrams that lack a fragment: `Demultiplexer.partial`."""

from __future__ import annotations

import io

from sipdiag.trace import read_trace
from tests.capture.build import pcap
