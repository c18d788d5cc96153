"""Rule K8S-18: whom a pod acts as."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.objects import Object
from graders.kubernetes.pods import PodSpec, pod_specs
from graders.kubernetes.shapes import mapping, sequence, text
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule

KIND = "kubernetes"


@rule(
    "K8S-18",
    severity="H",
    constraint="least_privilege",
    source="CIS 5.1.5, 5.1.6; kube-linter default-service-account",
    kinds=(KIND,),
    parameters={"api_access": bool | None},
)
def has_own_identity(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does each pod run as a delivered ServiceAccount of its own, without a token that it doesn't need?

    Accepted: serviceAccountName of a ServiceAccount of the namespace; automountServiceAccountToken false at the pod, or
    at the account with the pod silent (the pod wins); with api_access, any automount.
    Wrong: no name, `default`, an account that isn't delivered; automount missing at both, or true at the pod; the
    token mounted by hand all the same (a projected serviceAccountToken for the API itself); an account delivered twice,
    once with automount.
    """
    objects = delivered(bundle)
    pods = list(pod_specs(objects))
    if not pods:
        yield absent("pod spec")
    accounts = [found for found in objects if found.kind == "ServiceAccount"]
    needs_token = facts.params.get("api_access") is True
    yield from once(violation for spec in pods for violation in _judge(spec, accounts, needs_token))


def _judge(pods: PodSpec, accounts: Sequence[Object], needs_token: bool) -> Iterator[Violation]:
    name = text(pods.spec.get("serviceAccountName")) or text(pods.spec.get("serviceAccount"))
    own = [account for account in accounts if account.name == name and account.scope == pods.owner.scope]
    if not name or name == "default":
        yield at(pods, ("serviceAccountName",), "runs as the default ServiceAccount of its namespace")
    elif not own:
        yield at(
            pods, ("serviceAccountName",), f"its ServiceAccount {name} is not delivered in its namespace"
        )
    if needs_token:
        return
    automount = [pods.spec.get("automountServiceAccountToken")]
    if automount == [None] and own:
        automount = [account.get("automountServiceAccountToken") for account in own]
    for index, volume in pods.volumes:
        for source in sequence(mapping(volume.get("projected")).get("sources")):
            token = mapping(source).get("serviceAccountToken")
            if token is not None and not text(mapping(token).get("audience")):
                yield at(pods, ("volumes", index), "projects an API token that the pod doesn't need")
    if any(value is not False for value in automount):
        path = ("automountServiceAccountToken",)
        yield at(
            pods, path, "mounts an API token that it doesn't need: automountServiceAccountToken must be false"
        )


RULES = (has_own_identity,)
