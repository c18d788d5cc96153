"""Single samples, asked and graded one at a time as another program wants them. No run is written."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from graders.facts import Assignment
from harness.cli.corpora import corpus_of
from harness.corpus.case import hash_of
from harness.evaluate import ask
from harness.grading import examination_of, grade_row
from harness.models import Model, Settings
from harness.models.recordings import NEXT_TURN
from harness.persona import load_persona
from harness.plan import PlanError, Sample, check_context, choose_variants, find_tools, grader_version
from harness.prompt import CONTRACT_VERSION
from harness.runs import Row, identity
from harness.start import recording_of
from harness.workers import Graders, local_graders


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one model; the fields are the options of `drydock eval`. It goes through JSON as it is."""

    model: str
    api_base: str | None = None
    persona: str | None = None
    corpora: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    seed: int = 1
    epochs: int = 1


@dataclass(frozen=True, slots=True)
class Taken:
    """A sample that went the whole way: its rows of `answers.jsonl` and `grades.jsonl`. An unanswered one has no grade."""

    answer: Row
    grade: Row | None

    @property
    def text(self) -> str:
        """The whole answer. Turns of a dialogue are apart as in a recording, so it can be replayed as it is."""
        return f"\n{NEXT_TURN}\n".join(str(turn["text"]) for turn in self.answer["turns"])

    @property
    def problem(self) -> str | None:
        """Why there is no verdict on the model: no reply, or graders that could not judge. None where there is one."""
        if self.grade is None:
            reason = next((turn["error"] for turn in self.answer["turns"] if turn["error"]), "no reply")
            return f"unanswered: {reason}"
        if self.grade["graded"]:
            return None
        broken = [finding for finding in self.grade["findings"] if finding["outcome"] == "grader_error"]
        return "\n".join(f"grader error: {finding['rule']}: {finding['error']}" for finding in broken)


class Samples:
    """The samples of one model, in the order of a run. The model is opened, and the grader's process started, by the
    first `take`; both stay until `close`. For one thread.

    Raises `CorpusError`, `PersonaError` or `PlanError` for what can be known beforehand.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._settings = Settings(model=asked.model, api_base=asked.api_base, concurrency=1)
        self._persona = load_persona(asked.persona)
        self._variants = choose_variants(corpus_of(asked.corpora, asked.only), asked.seed, asked.only)
        assignments: list[Assignment] = [variant.assignment for variant in self._variants]
        tools = find_tools(assignments)
        check_context(self._variants, self._persona, asked.model, self._settings.max_tokens)
        epochs = range(1, asked.epochs + 1)
        self._samples = {
            sample.id: sample
            for sample in (Sample(variant, epoch) for epoch in epochs for variant in self._variants)
        }
        self._grader = grader_version(assignments, tools)
        self._runner = asyncio.Runner()
        self._model: Model | None = None
        self._graders: Graders | None = None

    @property
    def all(self) -> list[Sample]:
        return list(self._samples.values())

    @property
    def identity(self) -> str:
        """Eight hex digits over all that makes answers and grades what they are, but the model."""
        return identity(
            {
                "corpus": hash_of(variant.case for variant in self._variants),
                "persona": self._persona and self._persona.hash,
                "contract": CONTRACT_VERSION,
                "seed": self._asked.seed,
                "epochs": self._asked.epochs,
                "grader": self._grader,
            }
        )

    def take(self, sample_id: str) -> Taken:
        """Ask the model for one sample and grade its answer. Raises `PlanError` for an unknown id, and `Unreachable`."""
        if sample_id not in self._samples:
            raise PlanError(f"{sample_id}: is none of the samples that were asked for")
        sample = self._samples[sample_id]
        answer = self._runner.run(self._ask(sample))
        if answer["status"] == "unanswered":
            return Taken(answer, None)
        if self._graders is None:
            self._graders = local_graders(1)
        variant = sample.variant
        (examined,) = self._graders.grade([examination_of(answer, variant.assignment)])
        return Taken(answer, grade_row(answer, variant, variant.assignment, examined, self._grader))

    async def _ask(self, sample: Sample) -> Row:
        if self._model is None:
            recording = recording_of(self._settings, self._variants, Path("runs"))
            self._model = await Model.open(self._settings, recording)
        return await ask(self._model, sample, self._persona, self._settings.max_tokens)

    def close(self) -> None:
        """Close the model's connections and end the grader's process."""
        if self._model is not None:
            self._runner.run(self._model.close())
        self._runner.close()
        if self._graders is not None:
            self._graders.close()
