"""pytest runs cases as tests: `pytest --drydock-model openai/gpt-4o` (docs/pytest.md).

Each sample is an item, named by its id. It fails when its answer does not ship (a rule of severity C or H fails), or
scores below `--drydock-threshold` where that is given. What says nothing about the model (no reply, a grader that could
not judge) is an error of the item, as a broken fixture is. Without `--drydock-model` it adds options and imports nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from integrations.samples import Samples, Taken

_SAMPLES: pytest.StashKey[Samples] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `drydock eval` that make sense for tests."""
    group = parser.getgroup("drydock", "Drydock: a model's answers to DevOps cases as tests")
    group.addoption(
        "--drydock-model", metavar="NAME", help="LiteLLM's name, or replay/…; switches the plugin on."
    )
    group.addoption("--drydock-api-base", metavar="URL", help="An OpenAI-compatible server.")
    group.addoption("--drydock-persona", metavar="FILE|none", help="The card under test.")
    group.addoption("--drydock-corpus", metavar="DIR", action="append", default=[], help="Your own cases.")
    group.addoption(
        "--drydock-case", metavar="PATTERN", action="append", default=[], help="Only cases that match."
    )
    group.addoption(
        "--drydock-seed", type=int, default=1, help="Draws the parameters of each case.  [default: 1]"
    )
    group.addoption("--drydock-epochs", type=int, default=1, help="Samples per variant.  [default: 1]")
    group.addoption(
        "--drydock-threshold",
        type=float,
        metavar="SCORE",
        help="Pass from this score on (0 to 1). Without it an answer passes when every critical and high rule does.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Ask for what the tests will need, so that a missing tool or key is said once, before the first test."""
    if not config.getoption("--drydock-model"):
        return
    threshold: Any = config.getoption("--drydock-threshold")
    if threshold is not None and not 0 <= threshold <= 1:
        raise pytest.UsageError(f"--drydock-threshold {threshold}: a score lies between 0 and 1")
    from harness.models import Unreachable
    from integrations.samples import Asked, Samples

    option: Any = config.getoption
    asked = Asked(
        model=option("--drydock-model"),
        api_base=option("--drydock-api-base"),
        persona=option("--drydock-persona"),
        corpora=tuple(option("--drydock-corpus")),
        only=tuple(option("--drydock-case")),
        seed=option("--drydock-seed"),
        epochs=option("--drydock-epochs"),
    )
    try:
        config.stash[_SAMPLES] = Samples(asked)
    except (*_beforehand(), Unreachable) as error:
        raise pytest.UsageError(f"drydock: {error}") from None


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the model's connections and the grader's process of this worker."""
    samples = config.stash.get(_SAMPLES, None)
    if samples is not None:
        samples.close()
        del config.stash[_SAMPLES]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Behind the tests of the repository, one item for each sample."""
    samples = config.stash.get(_SAMPLES, None)
    if samples is not None:
        make: Any = getattr(SampleCollector, "from_parent")  # noqa: B009 - it has no types
        items.extend(make(session, name="drydock", nodeid="drydock").collect())


class SampleCollector(pytest.Collector):
    """The samples of the chosen cases."""

    def collect(self) -> Iterator[SampleItem]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """One item for each sample, in the order of a run."""
        make: Any = getattr(SampleItem, "from_parent")  # noqa: B009 - it has no types
        for sample in self.config.stash[_SAMPLES].all:
            yield make(self, name=sample.id)


class NoVerdict(Exception):
    """There is no verdict on the model; the text says why."""


class DoesNotPass(Exception):
    """The answer failed; the text lists the rules with file and line."""


class SampleItem(pytest.Item):
    """One sample: asked, graded and judged. The model is asked while the item is set up, so that what goes wrong there is an
    error and no failure."""

    taken: Taken

    def setup(self) -> None:
        """Ask and grade. Raises `NoVerdict`."""
        self.taken = self.config.stash[_SAMPLES].take(self.name)
        if self.taken.problem is not None:
            raise NoVerdict(self.taken.problem)

    def runtest(self) -> None:
        """Judge. Raises `DoesNotPass`."""
        from integrations.findings import failed_rules

        grade: dict[str, Any] = self.taken.grade or {}
        self.user_properties.append(("drydock_score", round(grade["score"], 4)))
        self.user_properties += [
            (f"drydock_constraint_{name}", round(value, 4)) for name, value in grade["constraints"].items()
        ]
        threshold: Any = self.config.getoption("--drydock-threshold")
        passes = grade["ships"] if threshold is None else grade["score"] >= threshold
        if not passes:
            asked = "does not ship" if threshold is None else f"is below {threshold}"
            raise DoesNotPass(f"score {grade['score']:.3f} {asked}\n" + "\n".join(failed_rules(grade)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **options: Any) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The findings or the reason, without a traceback through Drydock."""
        if isinstance(excinfo.value, DoesNotPass | NoVerdict):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The case's folder, so that a report leads there."""
        case = self.name.partition("@")[0]
        folder = next(s.variant.case.folder for s in self.config.stash[_SAMPLES].all if s.id == self.name)
        return folder / "case.yaml", None, f"drydock {case}"


def _beforehand() -> tuple[type[Exception], ...]:
    """What can be wrong before a model is asked."""
    from harness.corpus import CorpusError
    from harness.persona import PersonaError
    from harness.plan import PlanError

    return CorpusError, PersonaError, PlanError
