"""Rule K8S-19: no secret stands in a manifest."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered, kustomizations
from graders.kubernetes.kustomization import Kustomization
from graders.kubernetes.objects import Object
from graders.kubernetes.pods import Container, pod_specs
from graders.kubernetes.secret_words import (
    is_literal,
    is_literal_env,
    names_secret,
    sets_secret,
    shows_secret,
)
from graders.kubernetes.shapes import mapping, sequence, text
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule

KIND = "kubernetes"
_COMMANDS: tuple[tuple[str, ...], ...] = (
    ("command",),
    ("args",),
    ("lifecycle", "postStart", "exec", "command"),
    ("lifecycle", "preStop", "exec", "command"),
    ("startupProbe", "exec", "command"),
    ("readinessProbe", "exec", "command"),
    ("livenessProbe", "exec", "command"),
)


@rule(
    "K8S-19",
    severity="C",
    constraint="secret_hygiene",
    source="CIS 5.4.1; kube-linter env-var-secret",
    kinds=(KIND,),
)
def references_secrets(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Do manifests refer to secrets without holding one?

    Accepted: secretKeyRef, envFrom secretRef, secret, projected or CSI volumes; $(OTHER) in a value; ExternalSecret,
    SealedSecret, SecretProviderClass; a Secret without data or with empty values; settings about a secret (_FILE,
    _NAME, _TTL).
    Wrong: an env value, an argument, a ConfigMap entry (binaryData too) or a template of an ExternalSecret whose name
    means a secret and whose value is literal (a placeholder is literal too, and in env so is `${X}`), or whose value is
    a private key, a vendor's token, a bearer's or a URL with its password; a settings file in a ConfigMap or a shell
    line that sets a secret; a Secret with data or stringData; the same in a kustomization's generators.
    """
    objects = delivered(bundle)
    pods = list(pod_specs(objects))
    if not pods:
        yield absent("pod spec")
    yield from once(v for spec in pods for container in spec.containers for v in _container(container))
    yield from once(violation for found in objects for violation in _object(found))
    yield from once(v for kustomization in kustomizations(bundle) for v in _generated(kustomization))


def _holds_secret(name: str, value: str) -> bool:
    return shows_secret(value) or (names_secret(name) and is_literal(value)) or _file_sets_secret(name, value)


def _file_sets_secret(name: str, value: str) -> bool:
    """An entry of several lines, or with a file's name, is a settings file. Scripts print `token: ...` to people."""
    is_file = "\n" in value or "." in name
    script = value.startswith("#!") or name.endswith((".sh", ".py", ".js", ".lua"))
    return is_file and sets_secret(value, "=" if script else ":=") != ""


def _container(container: Container) -> Iterator[Violation]:
    for index, item in enumerate(sequence(container.body.get("env"))):
        name, value = text(mapping(item).get("name")), mapping(item).get("value")
        given = "" if value is None else str(value)
        if shows_secret(given) or (names_secret(name) and is_literal_env(given)):
            message = f"the secret {name} is a literal value; take it from a Secret (secretKeyRef) or a file"
            yield at(container, ("env", index), message)
    for place in _COMMANDS:
        key = ".".join(place)
        words = [text(word) for word in sequence(_inside(container.body, place))]
        for index, word in enumerate(words):
            option, equals, value = word.partition("=")
            if not equals:
                following = words[index + 1] if index + 1 < len(words) else ""
                value = "" if following.startswith("-") else following
            named = option.startswith("-") and names_secret(option) and is_literal_env(value)
            in_line = sets_secret(word, "=") if " " in word else ""
            if named or in_line or shows_secret(word):
                title = option if named else in_line or "a literal"
                yield at(container, (*place, index), f"a secret stands in the container's {key} ({title})")


def _inside(body: Any, place: tuple[str, ...]) -> Any:
    for key in place:
        body = mapping(body).get(key)
    return body


def _object(found: Object) -> Iterator[Violation]:
    if found.kind == "Secret" and found.group == "":
        for key in ("data", "stringData"):
            for entry, value in mapping(found.get(key)).items():
                if value is not None and str(value).strip():
                    message = (
                        f"{key}.{entry} holds a value; a Secret's values don't belong into the repository"
                    )
                    yield at(found, (key, entry), message)
    elif found.kind == "ConfigMap":
        for key in ("data", "binaryData"):
            for entry, value in mapping(found.get(key)).items():
                if _holds_secret(entry, _decoded(text(value)) if key == "binaryData" else text(value)):
                    yield at(found, (key, entry), f"{entry} holds a secret; a ConfigMap is no place for it")
    elif found.kind in ("ExternalSecret", "ClusterExternalSecret"):
        outer = ("spec",) if found.kind == "ExternalSecret" else ("spec", "externalSecretSpec")
        place = (*outer, "target", "template", "data")
        for entry, value in mapping(found.get(*place)).items():
            if _holds_secret(entry, text(value)):
                yield at(found, (*place, entry), f"the template of {entry} holds the secret itself")
    for name, value in found.annotations.items():
        if shows_secret(value):
            yield at(found, ("metadata", "annotations", name), f"the annotation {name} holds a secret")


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=False).decode("utf-8")
    except (ValueError, UnicodeDecodeError):
        return ""


def _generated(kustomization: Kustomization) -> Iterator[Violation]:
    for literal in kustomization.secrets:
        if literal.value:
            message = f"secretGenerator holds the value of {literal.key}"
            yield Violation(kustomization.path, literal.line, message)
    for literal in kustomization.config:
        if _holds_secret(literal.key, literal.value):
            message = f"configMapGenerator holds the secret {literal.key}"
            yield Violation(kustomization.path, literal.line, message)


RULES = (references_secrets,)
