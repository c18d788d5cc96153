"""Rules K8S-02 to K8S-07: the restricted Pod Security Standard, as pod-security-admission decides it.

Every container counts: plain, init and ephemeral. Windows pods and the relaxation for user namespaces
(`hostUsers: false`, behind a feature gate) are outside these rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.pods import PodSpec, pod_specs
from graders.kubernetes.shapes import integer, mapping, sequence, text
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule
from graders.second_opinion import with_checkov

KIND = "kubernetes"
_VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
# pod-security-admission check_sysctls, baseline of 1.29 and later.
_SAFE_SYSCTLS = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_syncookies",
    }
)
_SECCOMP = frozenset({"RuntimeDefault", "Localhost"})


def _of_each_pod(bundle: Bundle, examine: Callable[[PodSpec], Iterator[Violation]]) -> Iterator[Violation]:
    """Ask `examine` of every pod spec; an answer without any has nothing that the rule could find right."""
    pods = list(pod_specs(delivered(bundle)))
    if not pods:
        yield absent("pod spec")
    yield from once(violation for spec in pods for violation in examine(spec))


@rule(
    "K8S-02",
    version=2,
    severity="H",
    constraint="least_privilege",
    source="pod-security-admission check_runAsNonRoot",
    kinds=(KIND,),
    tools=("checkov",),
)
def runs_as_non_root(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Must every container run as a user other than root?

    Accepted: runAsNonRoot true at the pod, or on each of its containers.
    Wrong: missing; false at the pod or on a container; runAsUser 0 at either place.
    """
    return with_checkov(_of_each_pod(bundle, _non_root), bundle, "K8S-02")


def _non_root(pods: PodSpec) -> Iterator[Violation]:
    of_pod = pods.security.get("runAsNonRoot")
    if of_pod is not None and of_pod is not True:
        yield at(pods, ("securityContext", "runAsNonRoot"), "runAsNonRoot of the pod must be true")
    for container in pods.containers:
        of_container = container.security.get("runAsNonRoot")
        if of_container is None and of_pod is None:
            yield at(container, (), "runAsNonRoot: true is set neither at the pod nor on the container")
        elif of_container is not None and of_container is not True:
            path = ("securityContext", "runAsNonRoot")
            yield at(container, path, "runAsNonRoot of the container must be true")
    for place in (pods, *pods.containers):
        if integer(place.security.get("runAsUser")) == 0:
            yield at(place, ("securityContext", "runAsUser"), "runAsUser 0 is root")


@rule(
    "K8S-03",
    version=2,
    severity="H",
    constraint="least_privilege",
    source="pod-security-admission check_allowPrivilegeEscalation",
    kinds=(KIND,),
    tools=("checkov",),
)
def forbids_privilege_escalation(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does every container set allowPrivilegeEscalation: false?

    Accepted: false on each container. Wrong: missing, true, or set at the pod, where the field doesn't exist.
    """
    return with_checkov(_of_each_pod(bundle, _no_escalation), bundle, "K8S-03")


def _no_escalation(pods: PodSpec) -> Iterator[Violation]:
    for container in pods.containers:
        if container.security.get("allowPrivilegeEscalation") is not False:
            path = ("securityContext", "allowPrivilegeEscalation")
            yield at(container, path, "securityContext.allowPrivilegeEscalation must be false")


@rule(
    "K8S-04",
    version=2,
    severity="H",
    constraint="least_privilege",
    source="pod-security-admission check_capabilities_restricted",
    kinds=(KIND,),
    tools=("checkov",),
)
def drops_all_capabilities(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does every container drop ALL capabilities and add at most NET_BIND_SERVICE?

    Accepted: drop holds "ALL" (alone or among others); add is missing, empty or NET_BIND_SERVICE.
    Wrong: a list of single capabilities, "all" in small letters, any other addition, the block at the pod.
    """
    return with_checkov(_of_each_pod(bundle, _capabilities), bundle, "K8S-04")


def _capabilities(pods: PodSpec) -> Iterator[Violation]:
    for container in pods.containers:
        capabilities = mapping(container.security.get("capabilities"))
        if "ALL" not in sequence(capabilities.get("drop")):
            path = ("securityContext", "capabilities", "drop")
            yield at(container, path, 'securityContext.capabilities.drop must hold "ALL"')
        added = capabilities.get("add")
        for index, name in enumerate(sequence(added)):
            if name != "NET_BIND_SERVICE":
                path = ("securityContext", "capabilities", "add", index)
                yield at(container, path, f"the capability {name} is added; only NET_BIND_SERVICE may be")
        if added is not None and not isinstance(added, list):
            yield at(container, ("securityContext", "capabilities", "add"), "capabilities.add is no list")


@rule(
    "K8S-05",
    severity="M",
    constraint="least_privilege",
    source="pod-security-admission check_seccompProfile_restricted",
    kinds=(KIND,),
)
def filters_system_calls(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is every container under the seccomp profile RuntimeDefault or Localhost?

    Accepted: a profile at the pod, or on each container; Localhost with its localhostProfile.
    Wrong: missing; Unconfined at either place; the annotation that the API no longer reads.
    """
    return _of_each_pod(bundle, _seccomp)


def _seccomp(pods: PodSpec) -> Iterator[Violation]:
    of_pod = pods.security.get("seccompProfile")
    for place in (pods, *pods.containers):
        profile = place.security.get("seccompProfile")
        path = ("securityContext", "seccompProfile")
        if profile is None:
            if place is not pods and of_pod is None:
                yield at(
                    place, (), "no seccompProfile at the pod or on the container; RuntimeDefault is needed"
                )
        elif text(mapping(profile).get("type")) not in _SECCOMP:
            yield at(place, path, "seccompProfile.type must be RuntimeDefault or Localhost")
        elif mapping(profile).get("type") == "Localhost" and not text(
            mapping(profile).get("localhostProfile")
        ):
            yield at(place, path, "seccompProfile of type Localhost needs its localhostProfile")


@rule(
    "K8S-06",
    version=2,
    severity="C",
    constraint="least_privilege",
    source="pod-security-admission baseline checks; CIS 5.2; kube-linter docker-sock",
    kinds=(KIND,),
    tools=("checkov",),
)
def stays_off_the_host(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Do pods stay off the host: not privileged, none of its namespaces, paths, ports or sockets?

    Accepted: the fields missing or false; hostPort 0.
    Wrong: privileged, hostPID, hostIPC, hostNetwork, a hostPath volume (the Docker socket is one) also by way of a
    PersistentVolume, a hostPort, an unmasked /proc, a Windows host process, a sysctl outside the safe set; on any
    container.
    """
    return with_checkov(_on_the_host(bundle), bundle, "K8S-06")


def _on_the_host(bundle: Bundle) -> Iterator[Violation]:
    yield from _of_each_pod(bundle, _host)
    yield from once(
        at(found, ("spec", "hostPath"), "a PersistentVolume on a hostPath opens the node's files")
        for found in delivered(bundle)
        if found.kind == "PersistentVolume" and found.get("spec", "hostPath") is not None
    )


def _host(pods: PodSpec) -> Iterator[Violation]:
    for key in ("hostPID", "hostIPC", "hostNetwork"):
        if _switched_on(pods.spec.get(key)):
            yield at(pods, (key,), f"{key} must not be true")
    for index, volume in pods.volumes:
        if volume.get("hostPath") is not None:
            path = text(mapping(volume["hostPath"]).get("path"))
            socket = path.endswith(("docker.sock", "containerd.sock", "crio.sock"))
            what = "the container runtime's socket" if socket else f"the host's path {path}"
            yield at(pods, ("volumes", index), f"the volume {text(volume.get('name'))} mounts {what}")
    for index, sysctl in enumerate(sequence(pods.security.get("sysctls"))):
        if mapping(sysctl).get("name") not in _SAFE_SYSCTLS:
            path = ("securityContext", "sysctls", index)
            yield at(pods, path, f"the sysctl {mapping(sysctl).get('name')} is not in the safe set")
    for place in (pods, *pods.containers):
        if _switched_on(mapping(place.security.get("windowsOptions")).get("hostProcess")):
            yield at(place, ("securityContext", "windowsOptions"), "runs as a process of the host")
    for container in pods.containers:
        if container.security.get("procMount") not in (None, "Default"):
            yield at(container, ("securityContext", "procMount"), "procMount must be Default")
        if _switched_on(container.security.get("privileged")):
            yield at(container, ("securityContext", "privileged"), "must not be privileged")
        for index, port in enumerate(container.ports):
            if port.get("hostPort") not in (None, 0):
                yield at(container, ("ports", index), f"takes port {port['hostPort']} of the host (hostPort)")


def _switched_on(value: Any) -> bool:
    return value is not None and value is not False


@rule(
    "K8S-07",
    severity="M",
    constraint="least_privilege",
    source="pod-security-admission check_restrictedVolumes",
    kinds=(KIND,),
)
def mounts_allowed_volume_types(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Are all volumes of the types that the restricted standard allows?

    Accepted: configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, secret; a
    volume with a name only (the API makes it an emptyDir). Wrong: hostPath, nfs and every other type.
    """
    return _of_each_pod(bundle, _volume_types)


def _volume_types(pods: PodSpec) -> Iterator[Violation]:
    for index, volume in pods.volumes:
        for sort in (key for key, value in volume.items() if key != "name" and value is not None):
            if sort not in _VOLUMES:
                yield at(pods, ("volumes", index), f"the volume type {sort} is not allowed")


RULES = (
    runs_as_non_root,
    forbids_privilege_escalation,
    drops_all_capabilities,
    filters_system_calls,
    stays_off_the_host,
    mounts_allowed_volume_types,
)
