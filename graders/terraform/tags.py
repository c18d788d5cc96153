"""IAC-21: can the bill and the pager find the owner of every resource?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.terraform.applied.configuration import as_applied
from graders.terraform.applied.simulated import TOOL
from graders.terraform.language.values import as_list, as_map
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND, Configuration, configurations, entry
from graders.terraform.reading.provider_of import Provider, provider_of, providers
from graders.terraform.reading.view import View
from graders.terraform.tables import taggable_types

# The tags of a resource; only the plan knows the second, with default_tags in it.
_TAGS = ("tags", "tags_all")


@rule(
    "IAC-21",
    severity="L",
    constraint="cost",
    source="AWS provider documentation: default_tags",
    kinds=(KIND,),
    tools=(TOOL,),
    version=3,
    parameters={"tags": list[str]},
)
def tags_everything(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does every taggable resource carry the tags, by its provider's default_tags or its own?

    Read: the applied values (as_applied). Accepted: every key in default_tags of the provider configuration in use, in
    `tags`, or shared between the two; values that the files don't decide. Wrong: a key missing, null or empty, in a map
    that the files don't decide, an alias without default_tags whose resources lack it; nothing that could be tagged.
    """
    wanted = [key for key in as_list(facts.params.get("tags")) if isinstance(key, str)]
    found = as_applied(bundle, configurations(bundle))
    if not any(one.resources(*taggable_types()) for one in found):
        yield Violation(*entry(found), "there is nothing here that could be tagged")
    yield from once(v for configuration in found for v in _judge(configuration, wanted))


def _judge(configuration: Configuration, wanted: list[str]) -> Iterator[Violation]:
    known = providers(configuration)
    given = {key: _keys(view.at("default_tags", "tags")) for key, view in known.items()}
    lacking: dict[Provider, list[str]] = {}
    for resource in configuration.resources():
        if resource.type not in taggable_types():
            continue
        provider = provider_of(configuration, resource)
        # An empty text of the resource overrules the default; null leaves it.
        emptied = {key for key, value in as_map(resource.view.value("tags")).items() if value == ""}
        defaults = given.get(provider, set()) - emptied
        present = defaults.union(*(_keys(resource.view.value(name)) for name in _TAGS))
        missing = [key for key in wanted if key not in present]
        if missing and not resource.view.has("tags") and provider in known:
            lacking.setdefault(provider, []).append(resource.address)
        elif missing:
            message = f"{resource.address} has no tag {', '.join(missing)}"
            yield Violation(resource.view.path, resource.view.line_of("tags"), message)
    for provider, addresses in lacking.items():
        view = known[provider]
        missing = [key for key in wanted if key not in given[provider]]
        line = _default_tags_line(view)
        message = f"default_tags lacks {', '.join(missing)}, and so does {addresses[0]}"
        yield Violation(view.path, line, message)


def _default_tags_line(view: View) -> int:
    nested = view.block("default_tags")
    return nested.line if nested else view.line


def _keys(tags: Any) -> set[str]:
    return {key for key, value in as_map(tags).items() if value not in (None, "")}


RULES = (tags_everything,)
