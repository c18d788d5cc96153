"""What the fork server of `tests.harness.warm` imports once."""

from harness.models import lite

lite.load()
