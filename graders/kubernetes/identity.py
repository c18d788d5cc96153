"""Rule K8S-18: whom a pod acts as."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.objects import Object
from graders.kubernetes.pods import PodSpec, pod_specs
from graders.kubernetes.shapes import text
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
    Wrong: no name, `default`, an account that isn't delivered; automount missing at both, or true at the pod.
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
    account = next((a for a in accounts if a.name == name and a.scope == pods.owner.scope), None)
    if not name or name == "default":
        yield at(pods, ("serviceAccountName",), "runs as the default ServiceAccount of its namespace")
    elif account is None:
        yield at(
            pods, ("serviceAccountName",), f"its ServiceAccount {name} is not delivered in its namespace"
        )
    if needs_token:
        return
    automount = pods.spec.get("automountServiceAccountToken")
    if automount is None and account is not None:
        automount = account.get("automountServiceAccountToken")
    if automount is not False:
        path = ("automountServiceAccountToken",)
        yield at(
            pods, path, "mounts an API token that it doesn't need: automountServiceAccountToken must be false"
        )


RULES = (has_own_identity,)
