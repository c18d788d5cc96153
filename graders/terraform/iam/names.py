"""Values of policies with what the cloud gives filled in: account, region, ARNs of resources whose names are known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from graders.simulate.access.iam.patterns import UNKNOWN
from graders.simulate.access.unsupported import Unsupported
from graders.terraform.language.values import MORE, REST, Encoded, Partial, Unknown, as_list, as_map, as_text
from graders.terraform.reading.configuration import Configuration
from graders.terraform.reading.provider_of import provider_of, providers
from graders.terraform.reading.view import Resource
from graders.terraform.tables import table

_FIELD = re.compile(r"\{([\w|]+)\}")
_MAX_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Place:
    """The account and region into which a configuration is applied; None where nobody says."""

    account: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """Fills in what a configuration does not know of itself."""

    configuration: Configuration
    place: Place

    def text(self, value: Any, depth: int = 0) -> str:
        """A text; what is not known in it becomes an unknown part."""
        if isinstance(value, Partial):
            return "".join(part if isinstance(part, str) else self.text(part, depth) for part in value.parts)
        if isinstance(value, Unknown):
            return self._given_by_cloud(value.about, depth)
        text = as_text(value)
        return UNKNOWN if text is None else text

    def filled(self, value: Any) -> Any:
        """A value of JSON with its texts filled in. Raises `Unsupported` for an object that is known in part only."""
        if isinstance(value, list):
            return [UNKNOWN if item is MORE else self.filled(item) for item in as_list(value)]
        if isinstance(value, dict):
            if REST in value:
                raise Unsupported("a policy of which the files decide a part only")
            return {key: self.filled(item) for key, item in as_map(value).items()}
        if isinstance(value, Encoded):
            return self.filled(value.value)
        return self.text(value) if isinstance(value, Partial | Unknown) else value

    def names(self, value: Any, resource: Resource, *naming: str) -> bool:
        """Does the value stand for this resource: one of its attributes, or the text of one of `naming`?"""
        if isinstance(value, Unknown):
            return value.about.startswith((f"{resource.instance}.", f"{resource.unkeyed}."))
        text = self.text(value)
        own = {self.attribute(resource, name) for name in naming}
        return UNKNOWN not in text and text in own

    def attribute(self, resource: Resource, name: str, depth: int = 0) -> str:
        """An attribute of a resource as the cloud has it."""
        if name == "arn":
            return self._arn(resource, depth)
        return self.text(resource.view.value(name), depth) if resource.view.has(name) else UNKNOWN

    def _given_by_cloud(self, about: str, depth: int) -> str:
        address, _, attribute = about.rpartition(".")
        if depth > _MAX_DEPTH or not address:
            return UNKNOWN
        kind = re.fullmatch(r"(?:.*\.)?data\.(aws_caller_identity|aws_region|aws_partition)\.\w+", address)
        if kind:
            return self._of_place(kind[1], address, attribute)
        for mode in ("managed", "data"):
            for resource in self.configuration.resources(mode=mode):
                if address in (resource.instance, resource.unkeyed):
                    return self.attribute(resource, attribute, depth + 1)
        return UNKNOWN

    def _of_place(self, type: str, address: str, attribute: str) -> str:
        if type == "aws_partition":
            return {"partition": "aws", "dns_suffix": "amazonaws.com"}.get(attribute, UNKNOWN)
        if type == "aws_region":
            looked_up = self.configuration.resources(type, mode="data")
            found = next((one for one in looked_up if address in (one.instance, one.unkeyed)), None)
            return self._region(found) if attribute in ("name", "id", "region") else UNKNOWN
        return (self.place.account or UNKNOWN) if attribute in ("account_id", "id") else UNKNOWN

    def _region(self, resource: Resource | None) -> str:
        """The region of the provider that makes a resource, where the files say it."""
        if resource is not None:
            view = providers(self.configuration).get(provider_of(self.configuration, resource))
            region = None if view is None else as_text(view.value("region"))
            if region is not None:
                return region
        return self.place.region or UNKNOWN

    def _arn(self, resource: Resource, depth: int) -> str:
        if resource.type == "aws_iam_openid_connect_provider":
            return self._provider(resource, depth)
        if resource.view.has("arn"):
            return self.text(resource.view.value("arn"), depth)
        form = cast("str | None", table("arns").get(resource.type))
        if form is None or (resource.view.has("path") and resource.type.startswith("aws_iam_")):
            return UNKNOWN
        known = {"account": self.place.account or UNKNOWN, "region": self._region(resource)}

        def field(found: re.Match[str]) -> str:
            if found[1] in known:
                return known[found[1]]
            written = (name for name in found[1].split("|") if resource.view.has(name))
            name = next(written, None)
            return UNKNOWN if name is None else self.attribute(resource, name, depth + 1)

        return _FIELD.sub(field, form)

    def _provider(self, resource: Resource, depth: int) -> str:
        """The ARN has the URL without its scheme."""
        if not resource.view.has("url"):
            return self.text(resource.view.value("arn"), depth) if resource.view.has("arn") else UNKNOWN
        url = urlsplit(self.text(resource.view.value("url"), depth))
        host = f"{url.netloc}{url.path}".rstrip("/") or UNKNOWN
        return f"arn:aws:iam::{self.place.account or UNKNOWN}:oidc-provider/{host}"
