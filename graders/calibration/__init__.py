"""Calibration sets: for each rule right forms that must pass and wrong ones that must fail, and what came out.

`RULE-ID/accept/*` and `RULE-ID/reject/*` hold one example a file; its first line says why. A Markdown file is an answer
(several files, or a format without comments), any other file one artifact. `RULE-ID/facts.yaml` gives the facts
under `default:`, and under a file's name what differs for it.
"""
