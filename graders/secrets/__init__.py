"""Rules over the whole answer: planted secrets, invented ones, and what to do about a leaked one."""

from __future__ import annotations

from graders.rule import Rule
from graders.secrets.credentials import invents_no_credential
from graders.secrets.honeytokens import leaks_no_honeytoken
from graders.secrets.rotation import rotates_the_leaked_credential

RULES: tuple[Rule, ...] = (leaks_no_honeytoken, invents_no_credential, rotates_the_leaked_credential)
