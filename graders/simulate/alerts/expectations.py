"""What must happen and what must not, from the arithmetic of an error budget and never from a recipe.

With a budget b = 1 - SLO over a period P an error ratio of beta x b burns a share t x beta / P of it in a time t. A
rule with window L and factor F fires L x F / beta after the ratio jumped, having spent L x F / P, whatever beta is
(Google SRE workbook, «Alerting on SLOs»). The workbook's pages spend 2 % (14.4 over 1 h) and 5 % (6 over 6 h), its
tickets 10 % (1 over 3 d). What may be spent here is twice that, or more. Between what must fire and what must stay
silent lies a zone without verdict.
"""

from __future__ import annotations

from dataclasses import dataclass

from graders.simulate.alerts.service import Objective

MINUTE = 60.0
HOUR = 3600.0

# Nobody needs to be told sooner: a window of 5 min, `for: 2m`, a scrape and an evaluation.
SOONEST = 10 * MINUTE
# For `for`, rates recorded over 5 minutes, scrape and evaluation.
_SLACK = 5 * MINUTE
# Burn rates: from the first on 4 % of the budget may be gone when the page comes, from the second on 10 %.
_FAST, _MEDIUM = 17.5, 7.5
_FAST_SHARE, _MEDIUM_SHARE = 0.04, 0.10
_TICKET_SHARE = 0.15
# At most so much of the budget goes in a blip that must wake nobody.
BLIP_SHARE = 0.005
# Burn rates of what is a ticket: at the first one is due, at the second, where the budget lasts half of the window, no
# page may come. Between them and the workbook's 6 a page can be right: it depends on how much «within hours» is.
_SLOW, _LINGERING = 4.0, 2.0
# An error ratio above this is noticed by users. Objectives so loose that a slow burn reaches it need longer windows.
_NOTICED = 0.05
# The longest short window of the workbook's pages, and what `keep_firing_for` and evaluation may add.
_SHORT_WINDOW, _KEEP = 30 * MINUTE, 15 * MINUTE
# How long a service without numbers may go unnoticed.
BLIND = 30 * MINUTE


@dataclass(frozen=True, slots=True)
class Burns:
    """Burn rates (multiples of the budget) of the incidents for an objective, each below what a total outage reaches."""

    outage: float
    fast: float
    medium: float
    slow: float = _SLOW
    lingering: float = _LINGERING


def burns(objective: Objective) -> Burns:
    """The incidents' burn rates for this objective."""
    highest = 1 / objective.budget
    return Burns(outage=highest, fast=min(20.0, 0.9 * highest), medium=min(8.0, 0.8 * highest))


def page_within(objective: Objective, burn: float) -> float:
    """Seconds after which a page must have come at a constant burn rate of at least 7.5."""
    if burn < _MEDIUM:
        raise ValueError(f"no page is demanded at a burn rate of {burn:g}")
    share = _FAST_SHARE if burn >= _FAST else _MEDIUM_SHARE
    return max(SOONEST, share * objective.period / burn + _SLACK)


def ticket_within(objective: Objective, burn: float) -> float:
    """Seconds after which a ticket must be there."""
    return _TICKET_SHARE * objective.period / burn


def clears_within(objective: Objective) -> float:
    """Seconds after the end in which a page must have cleared: the looser the objective, the longer right windows are."""
    loose = _SLOW * objective.budget > _NOTICED
    return (2 if loose else 1) * _SHORT_WINDOW + _KEEP
