"""HCL templates: quoted texts, heredocs and template files, with their interpolations and directives."""

from __future__ import annotations

import re
from collections.abc import Callable

from graders.terraform.language import syntax
from graders.terraform.language.scanner import Scanner

# Reads the expression at the scanner's position, line ends being space.
Inside = Callable[[], syntax.Expression]

_BLANK = re.compile(r"\s+")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f"}


def rest(scanner: Scanner, inside: Inside) -> syntax.Expression:
    """The rest of the text as a template of its own."""
    return _node(_parts(scanner, inside, scanner.end, quoted=False), 1)


def quoted(scanner: Scanner, inside: Inside, line: int) -> syntax.Expression:
    """The rest of a quoted template behind its opening quote."""
    parts = _parts(scanner, inside, scanner.end, quoted=True)
    scanner.expect('"')
    return _node(parts, line)


def heredoc(scanner: Scanner, inside: Inside, opening: re.Match[str], line: int) -> syntax.Expression:
    """The heredoc whose `<<WORD` line is `opening`."""
    indented, word = opening.group(1) == "-", opening.group(2)
    closing = re.compile(rf"^[ \t]*{re.escape(word)}[ \t\r]*$", re.M).search(
        scanner.text, opening.end(), scanner.end
    )
    if closing is None:
        raise scanner.fail(f"the heredoc {word} is not closed")
    scanner.at = opening.end()
    parts = _parts(scanner, inside, closing.start(), quoted=False)
    if indented:
        parts = _dedent(parts, scanner.text[opening.end() : closing.start()])
    scanner.at = closing.end()
    return _node(parts, line, heredoc=True)


def _parts(scanner: Scanner, inside: Inside, end: int, quoted: bool) -> list[str | syntax.Expression]:
    parts: list[str | syntax.Expression] = []
    literal: list[str] = []
    outer, scanner.end = scanner.end, end
    while scanner.at < end:
        character = scanner.text[scanner.at]
        if quoted and character in '"\n':
            break
        if quoted and character == "\\":
            literal.append(_escape(scanner))
        elif scanner.text.startswith(("$${", "%%{"), scanner.at):
            literal.append(character + "{")
            scanner.at += 3
        elif scanner.text.startswith(("${", "%{"), scanner.at):
            scanner.at += 2
            text = "".join(literal)
            literal = []
            parts.append(text.rstrip() if scanner.take("~") else text)
            parts.append(inside() if character == "$" else _directive(scanner, inside))
            scanner.space(True)
            trim = scanner.take("~")
            scanner.expect("}")
            if trim and (blank := _BLANK.match(scanner.text, scanner.at, end)):
                scanner.at = blank.end()
        else:
            literal.append(character)
            scanner.at += 1
    scanner.end = outer
    parts.append("".join(literal))
    return [part for part in parts if part != ""]


def _directive(scanner: Scanner, inside: Inside) -> syntax.Directive:
    scanner.space(True)
    line = scanner.line()
    word = scanner.identifier()
    found: list[syntax.Expression] = []
    if word == "for":
        scanner.space(True)
        scanner.identifier()
        scanner.space(True)
        if scanner.take(","):
            scanner.space(True)
            scanner.identifier()
            scanner.space(True)
        if scanner.identifier() != "in":
            raise scanner.fail("expected 'in'")
    if word in ("for", "if"):
        found.append(inside())
    elif word not in ("else", "endif", "endfor"):
        raise scanner.fail("unknown template directive")
    return syntax.Directive(tuple(found), line)


def _escape(scanner: Scanner) -> str:
    sign = scanner.text[scanner.at + 1 : scanner.at + 2]
    if sign in ("u", "U"):
        width = 4 if sign == "u" else 8
        digits = scanner.text[scanner.at + 2 : scanner.at + 2 + width]
        if not re.fullmatch(rf"[0-9a-fA-F]{{{width}}}", digits) or int(digits, 16) > 0x10FFFF:
            raise scanner.fail("a \\u escape needs its hexadecimal digits")
        scanner.at += 2 + width
        code = int(digits, 16)
        # Half of a surrogate pair is no character; Go has U+FFFD for it too.
        return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)
    if sign not in _ESCAPES or not sign:
        raise scanner.fail(f"no such escape: \\{sign}")
    scanner.at += 2
    return _ESCAPES[sign]


def _node(parts: list[str | syntax.Expression], line: int, heredoc: bool = False) -> syntax.Expression:
    if all(isinstance(part, str) for part in parts):
        return syntax.Literal("".join(part for part in parts if isinstance(part, str)), line, heredoc)
    return syntax.Template(tuple(parts), line, heredoc)


def _dedent(parts: list[str | syntax.Expression], raw: str) -> list[str | syntax.Expression]:
    """Take the indentation that all lines share off the literal parts, as `<<-` does."""
    margins = [len(line) - len(line.lstrip(" \t")) for line in raw.split("\n") if line.strip()]
    margin = min(margins, default=0)
    found: list[str | syntax.Expression] = []
    at_start = True
    for part in parts:
        if isinstance(part, str):
            pattern = rf"(?:\A|(?<=\n))[ \t]{{0,{margin}}}" if at_start else rf"(?<=\n)[ \t]{{0,{margin}}}"
            found.append(re.sub(pattern, "", part))
            at_start = part.endswith("\n")
        else:
            found.append(part)
            at_start = False
    return [part for part in found if part != ""]
