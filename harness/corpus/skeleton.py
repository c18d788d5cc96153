"""The beginning of a case for `drydock cases new`."""

from __future__ import annotations

import re
from pathlib import Path

from harness.corpus.case import CANARY, CorpusError

_CASE = f'''canary: "{CANARY}"
title: What the case asks for, in one line
parameters:            # the seed draws one value of each; ⟦service⟧ stands for it in every text below
  service: [orders-api, quote-engine, parcel-tracker]
  region: [eu-west-1, eu-central-1]
description: |
  ⟦service⟧ is … Describe the service as an engineer of its team would: what it does, what it runs on, its names, ports,
  accounts, metrics. Every fact that a right answer needs stands here; nothing that gives the answer away.
slas: |
  99.9 % of requests answered in a calendar month …
environments: |
  staging and production in ⟦region⟧ …
request: |
  What the team asks for.
deliverables:          # `drydock cases validate` names the kinds there are
  - id: workflow
    kind: github_actions
    path: .github/workflows/deploy.yml
    about: the pipeline
facts: {{}}            # what graders must know beside the rules' parameters (metric catalogue, scrape interval …)
rules:                 # `drydock cases rules` lists them with their parameters
  GHA-01:
    because: a workflow that does not run is no workflow
'''

_ACCEPTED = """---
by: who wrote this answer
how: independently of every other answer; say how it came about
---
`.github/workflows/deploy.yml`
```yaml
```
"""

_CARELESS = """---
by: who wrote this answer
how: what a hurried engineer would send; the list below was written before a grader ran
fails:
  GHA-01: why exactly this rule must fail
---
"""


def write_skeleton(folder: Path, case_id: str) -> list[Path]:
    """Write the files of a new case and return their paths. Raises `CorpusError` for a bad id or one that exists."""
    if not re.fullmatch(r"[a-z][a-z0-9-]*/[a-z][a-z0-9-]*", case_id):
        raise CorpusError(
            [f"{case_id!r} is no case id: AREA/NAME in lower case, e.g. pipelines/canary-deploy"]
        )
    case = folder / case_id
    if case.exists():
        raise CorpusError([f"{case}: exists already"])
    files = {"case.yaml": _CASE, "accepted/first.md": _ACCEPTED, "careless.md": _CARELESS}
    for name, text in files.items():
        (case / name).parent.mkdir(parents=True, exist_ok=True)
        (case / name).write_text(text, encoding="utf-8")
    return [case / name for name in files]
