"""Rule K8S-19: no secret stands in a manifest."""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered, kustomizations
from graders.kubernetes.kustomization import Kustomization
from graders.kubernetes.objects import Object
from graders.kubernetes.pods import Container, pod_specs
from graders.kubernetes.secret_words import is_literal, is_literal_env, names_secret, shows_secret
from graders.kubernetes.shapes import mapping, sequence, text
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule

KIND = "kubernetes"


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
    Wrong: an env value, an argument or a ConfigMap entry whose name means a secret and whose value is literal (a
    placeholder is literal too, and in env so is `${X}`), or whose value is a private key, a vendor's token or a URL
    with its password; a Secret with data or stringData; the same in a kustomization's generators.
    """
    objects = delivered(bundle)
    pods = list(pod_specs(objects))
    if not pods:
        yield absent("pod spec")
    yield from once(v for spec in pods for container in spec.containers for v in _container(container))
    yield from once(violation for found in objects for violation in _object(found))
    yield from once(v for kustomization in kustomizations(bundle) for v in _generated(kustomization))


def _holds_secret(name: str, value: str) -> bool:
    return shows_secret(value) or (names_secret(name) and is_literal(value))


def _container(container: Container) -> Iterator[Violation]:
    for index, item in enumerate(sequence(container.body.get("env"))):
        name, value = text(mapping(item).get("name")), mapping(item).get("value")
        given = "" if value is None else str(value)
        if shows_secret(given) or (names_secret(name) and is_literal_env(given)):
            message = f"the secret {name} is a literal value; take it from a Secret (secretKeyRef) or a file"
            yield at(container, ("env", index), message)
    for key in ("command", "args"):
        words = [text(word) for word in sequence(container.body.get(key))]
        for index, word in enumerate(words):
            option, equals, value = word.partition("=")
            if not equals:
                following = words[index + 1] if index + 1 < len(words) else ""
                value = "" if following.startswith("-") else following
            named = option.startswith("-") and names_secret(option) and is_literal_env(value)
            if named or shows_secret(word):
                message = f"a secret stands in the container's {key} ({option if named else 'a literal'})"
                yield at(container, (key, index), message)


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
        for entry, value in mapping(found.get("data")).items():
            if isinstance(value, str) and _holds_secret(entry, value):
                yield at(found, ("data", entry), f"{entry} holds a secret; a ConfigMap is no place for it")


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
