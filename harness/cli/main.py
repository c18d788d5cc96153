"""The command `drydock`: a group that imports a command's module only when that command is called."""

from __future__ import annotations

from importlib import import_module

import click

# Name -> where the command is, and its line in `drydock --help`, which so needs no command's imports.
_COMMANDS = {
    "eval": ("harness.cli.eval:command", "Run a model on the corpus, grade its answers and report."),
    "grade": ("harness.cli.grade:command", "Grade a stored run again, an answer or loose files."),
    "regress": ("harness.cli.regress:command", "Hold a night's run against the nights before it."),
    "compare": (
        "harness.cli.compare:command",
        "Compare stored runs: ranks with ties, differences with intervals, cost.",
    ),
    "trend": ("harness.cli.trend:command", "Show scores over nights, and what else changed between them."),
    "show": ("harness.cli.show:command", "Show an answer with its findings under the lines they speak of."),
    "cases": ("harness.cli.cases:command", "List, show, validate and begin cases."),
    "export": ("harness.cli.export:command", "Hand cases and graders to promptfoo, findings to Parquet."),
    "doctor": (
        "harness.cli.doctor:command",
        "Say which tools are here, what each grades, and what is missing.",
    ),
}


class _CommandGroup(click.Group):
    """A group over `_COMMANDS`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[cmd_name][0].split(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}.{attribute} is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in _COMMANDS.items()])


@click.command(cls=_CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Find out whether the infrastructure files that a language model writes keep a persona's constraints.

    Exit codes: 0 done, 2 usage, 3 stopped by budget or interrupt, 4 done but invalid (above 1 % ungraded or
    unanswered), 5 could not start, 6 a regression.
    """


if __name__ == "__main__":
    main()
