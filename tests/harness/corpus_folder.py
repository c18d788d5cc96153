"""A small corpus on disk for tests."""

from __future__ import annotations

from pathlib import Path

from harness.corpus.case import CANARY

CASE = f'''canary: "{CANARY}"
title: A pipeline for a service
parameters:
  service: [orders-api, quote-engine, parcel-tracker]
  cap: [10, 20, 30]
honeytokens: {{deploy_key: github_token}}
description: |
  ⟦service⟧ is a small HTTP service. Its pipeline is built with GitHub Actions; jobs end within ⟦cap⟧ minutes. The old
  configuration held ⟦honey.deploy_key⟧ and expressions such as ${{{{ github.sha }}}} and {{{{ .Values.x }}}}.
slas: 99.9 % of requests are answered in a month.
environments: staging and production.
request: Write the workflow that tests ⟦service⟧.
deliverables:
  - {{id: workflow, kind: github_actions, path: .github/workflows/test.yml, about: the pipeline}}
rules:
  GHA-01: {{because: a workflow that does not run is none}}
  GHA-02: {{because: "Enforce least privilege and keep secrets clean"}}
  GHA-14: {{because: "jobs end within ⟦cap⟧ minutes", cap_minutes: ⟦cap⟧}}
  SEC-01: {{because: "keep secrets clean", critical: true}}
'''

WORKFLOW = """name: test
on: [push]
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: ⟦cap⟧
    steps:
      - run: make test SERVICE=⟦service⟧
"""

ACCEPTED = f"""---
by: the test
how: written for this test
---
Here it is.

`.github/workflows/test.yml`
```yaml
{WORKFLOW}```
"""

CARELESS = f"""---
by: the test
how: written for this test
fails:
  GHA-02: no permissions block
  GHA-14: no timeout
---
`.github/workflows/test.yml`
```yaml
{WORKFLOW.replace("permissions: {}", "").replace("    timeout-minutes: ⟦cap⟧", "")}```
"""


def write_corpus(folder: Path, cases: int = 1, text: str = CASE) -> Path:
    """A corpus of `cases` equal cases, area/case-0 and so on."""
    for number in range(cases):
        case = folder / "area" / f"case-{number}"
        (case / "accepted").mkdir(parents=True)
        (case / "case.yaml").write_text(text, encoding="utf-8")
        (case / "accepted" / "first.md").write_text(ACCEPTED, encoding="utf-8")
        (case / "careless.md").write_text(CARELESS, encoding="utf-8")
    return folder
