"""What is known of a program so far."""

from dataclasses import dataclass, field


@dataclass
class Findings:
    """What is known of a program so far; reasons by argument."""

    wrong: dict = field(default_factory=dict)
    inputs: dict = field(default_factory=dict)  # at which a gradient is wrong
    right: set = field(default_factory=set)
    compared: dict = field(default_factory=dict)
    unsure: dict = field(default_factory=dict)
    proved: dict = field(default_factory=dict)
    doubts: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    seen: list = field(default_factory=list)  # asked, by the numbers
    reason: str = ""
    notes: list = field(default_factory=list)
    largest: float = 0.0
    least: dict = field(default_factory=dict)
    at_ones: set = field(default_factory=set)
    given: list = field(default_factory=list)
