"""What the fork server of `tests.harness.warm` imports once."""

import harness.cli.evaluated
import harness.start
from harness.models import lite

lite.load()
