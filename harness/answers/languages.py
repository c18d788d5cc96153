"""The words of info strings, and which files they go with."""

from __future__ import annotations

from harness.answers.paths import extension_of, word_set

SHELL = word_set("bash sh shell zsh ksh console terminal shell-session shellsession")
MARKDOWN = word_set("markdown md mdx gfm")
PLAIN = frozenset(["", "text", "txt", "plaintext", "plain"])
PATCH = word_set("diff patch udiff")
YAML = word_set("yaml yml")
HCL = word_set("hcl terraform tf tfvars")
JSON = word_set("json jsonc json5")
CONFIGURATION = YAML | HCL | JSON | word_set("dockerfile toml ini rego promql makefile make nginx sql conf")
KNOWN = (
    CONFIGURATION
    | SHELL
    | MARKDOWN
    | PATCH
    | PLAIN - {""}
    | word_set(
        "python py javascript js typescript ts go ruby groovy java xml html properties env powershell http"
    )
)

_GOES_WITH = {
    **dict.fromkeys(YAML, word_set("yaml yml tpl tmpl j2 gotmpl")),
    **dict.fromkeys(HCL, word_set("tf hcl tfvars tfbackend policy nomad tpl tftpl")),
    **dict.fromkeys(JSON, word_set("json jsonc json5 tfvars tpl tftpl j2 lock")),
    **dict.fromkeys(MARKDOWN, word_set("md markdown mdx txt readme runbook")),
    **dict.fromkeys(["python", "py"], frozenset(["py"])),
    "dockerfile": word_set("dockerfile containerfile"),
    "rego": frozenset(["rego"]),
    "toml": frozenset(["toml"]),
}
_NO_SCRIPT = word_set(
    "yaml yml json jsonc tf tfvars hcl md markdown toml rego py js ts go dockerfile containerfile xml html"
)


def may_name(info: str, path: str, *, surely: bool) -> bool:
    """Whether a block with this info word can be that file.

    Commands in a shell block are never a manifest, whatever the line before them speaks of. Where the label
    is not sure to be one (`surely` False), the extension must go with the language.
    """
    extension = extension_of(path)
    if info in SHELL:
        return extension not in _NO_SCRIPT
    return surely or info not in _GOES_WITH or extension in _GOES_WITH[info]
