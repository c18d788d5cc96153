"""Every example of every calibration set is judged rightly, and each set is large enough to say something."""

import pytest

from graders.calibration.examples import Example, examples
from graders.calibration.measure import calibrate
from graders.kinds import RULES

CALIBRATED = sorted(rule for rule in RULES if rule != "CTR-01")
EXAMPLES: dict[str, list[Example]] = {rule: list(examples([rule])) for rule in CALIBRATED}


@pytest.mark.parametrize("rule", CALIBRATED)
def test_each_rule_has_three_right_forms_and_six_wrong_ones(rule: str) -> None:
    right = [example for example in EXAMPLES[rule] if example.right]
    wrong = [example for example in EXAMPLES[rule] if not example.right]
    assert len(right) >= 3
    assert len(wrong) >= 6
    assert all(example.why for example in EXAMPLES[rule]), "an example's first line says why"


@pytest.mark.slow
@pytest.mark.parametrize("rule", CALIBRATED)
def test_each_example_is_judged_rightly(rule: str) -> None:
    result = calibrate([rule])[rule]
    assert result.misjudged == []
