"""An evaluator of PromQL over time: a whole timeline of rules in array operations, not one query a step."""
