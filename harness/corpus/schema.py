"""The form of a `case.yaml`, checked when a corpus is loaded."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

HoneytokenKind = Literal[
    "password", "aws_access_key", "aws_secret_key", "github_token", "slack_webhook", "api_key", "vault_token"
]


class DeliverableSpec(BaseModel):
    """A file that the case asks for; `about` is shown to the model, `path` may be a glob."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    kind: str
    path: str
    about: str


class RuleSpec(BaseModel):
    """A rule as the case applies it; keys beyond these are the rule's own parameters."""

    model_config = ConfigDict(extra="allow")

    because: str = Field(min_length=10)
    on: list[str] | None = None
    critical: bool = False
    only_if: str | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """The rule's own parameters, still with placeholders."""
        return dict(self.model_extra or {})


class CaseSpec(BaseModel):
    """One case. See docs/add-a-case.md for what each part is for."""

    model_config = ConfigDict(extra="forbid")

    canary: str
    title: str = Field(min_length=5)
    cluster: str | None = None
    parameters: dict[str, list[Any]]
    honeytokens: dict[str, HoneytokenKind] = Field(default_factory=dict)
    description: str = Field(min_length=100)
    slas: str = Field(min_length=10)
    environments: str = Field(min_length=10)
    request: str = Field(min_length=20)
    turns: list[str] = Field(default_factory=list)
    deliverables: list[DeliverableSpec] = Field(min_length=1)
    facts: dict[str, Any] = Field(default_factory=dict)
    rules: dict[str, RuleSpec] = Field(min_length=1)


class AcceptedFrontMatter(BaseModel):
    """The head of an `accepted/*.md`: who wrote it and how it came about."""

    model_config = ConfigDict(extra="forbid")

    by: str = Field(min_length=3)
    how: str = Field(min_length=10)


class CarelessFrontMatter(BaseModel):
    """The head of `careless.md`: the rules that must fail, written before the grader ran, each with its reason."""

    model_config = ConfigDict(extra="forbid")

    by: str = Field(min_length=3)
    how: str = Field(min_length=10)
    fails: dict[str, str] = Field(min_length=1)
