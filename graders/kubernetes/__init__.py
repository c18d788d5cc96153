"""Kubernetes manifests: YAML or JSON objects, several to a file, `kind: List` included."""

from __future__ import annotations

from graders.artifact import Artifact
from graders.kubernetes import (
    autoscaling,
    disruption,
    filesystem,
    identity,
    images,
    namespaces,
    network,
    probes,
    rbac,
    rbac_access,
    recognition,
    resources,
    secrets,
    security,
    shutdown,
    spread,
    updates,
    validity,
    wiring,
)
from graders.kubernetes.objects import Object, read

KIND = "kubernetes"

recognises = recognition.recognises
is_whole = recognition.is_whole


def parse(artifact: Artifact) -> tuple[Object, ...]:
    """Every object of the file with its lines; raises `Unparsable` where a document is no object."""
    return read(artifact)


RULES = (
    *validity.RULES,
    *security.RULES,
    *filesystem.RULES,
    *images.RULES,
    *resources.RULES,
    *probes.RULES,
    *shutdown.RULES,
    *disruption.RULES,
    *spread.RULES,
    *autoscaling.RULES,
    *wiring.RULES,
    *identity.RULES,
    *secrets.RULES,
    *namespaces.RULES,
    *updates.RULES,
    *rbac.RULES,
    *rbac_access.RULES,
    *network.RULES,
)
