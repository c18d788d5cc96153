"""HCL expressions and templates, read exactly as HashiCorp's specification of the native syntax has them.

The one parser of HashiCorp's that Python reaches (pygohcl) gives no lines and turns expressions into text, so it
only judges whether a file parses (`hcl.py`); the tree comes from here, and the tests hold the two together.
"""

from __future__ import annotations

import re

from graders.limits import MAX_NESTING
from graders.terraform.language import syntax, templates
from graders.terraform.language.scanner import Scanner

_NUMBER = re.compile(r"\d+(\.\d+)?([eE][+-]?\d+)?")
_DIGITS = re.compile(r"\d+")
_HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)[ \t\r]*\n")
_BINARY = (("||",), ("&&",), ("==", "!="), ("<=", ">=", "<", ">"), ("+", "-"), ("*", "/", "%"))
_LEVELS = {operator: level for level, operators in enumerate(_BINARY) for operator in operators}
_OPERATOR = re.compile(r"\|\||&&|[=!<>]=|[-<>+*/%]")
# A chain of operators becomes a tree as deep as the chain is long.
_MAX_CHAIN = 100


class ExpressionParser(Scanner):
    """Reads expressions; `lines` says whether line ends are space (in brackets) or end an expression."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def expression(self, lines: bool) -> syntax.Expression:
        """One expression, its leading space included; the position is left behind its last character."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise self.fail(f"expressions are nested deeper than {MAX_NESTING}")
        self.space(lines)
        line = self.line()
        found = self._binary(0, lines)
        mark = self.at
        self.space(lines)
        if self.take("?"):
            yes = self.expression(lines)
            self.space(lines)
            self.expect(":")
            found = syntax.Conditional(found, yes, self.expression(lines), line)
        else:
            self.at = mark
        self._depth -= 1
        return found

    def _binary(self, level: int, lines: bool) -> syntax.Expression:
        """Operands joined by operators of this level and tighter ones (precedence climbing)."""
        found = self._unary(lines)
        for _ in range(_MAX_CHAIN):
            mark = self.at
            self.space(lines)
            line = self.line()
            operator = self._operator()
            if operator is None or _LEVELS[operator] < level:
                self.at = mark
                return found
            self.space(lines)
            found = syntax.Binary(operator, found, self._binary(_LEVELS[operator] + 1, lines), line)
        raise self.fail(f"more than {_MAX_CHAIN} operators in a row")

    def _operator(self) -> str | None:
        """The operator that stands here, taken; `//` begins a comment."""
        match = _OPERATOR.match(self.text, self.at, self.end)
        if match is None or self.text.startswith("//", self.at):
            return None
        self.at = match.end()
        return match.group()

    def _unary(self, lines: bool) -> syntax.Expression:
        line = self.line()
        operators = ""
        while self.text[self.at : self.at + 1] in ("!", "-") and self.at < self.end:
            operators += self.text[self.at]
            if len(operators) > MAX_NESTING:
                raise self.fail("too many operators")
            self.at += 1
            self.space(lines)
        found = self._postfix(self._primary(lines), lines)
        for operator in reversed(operators):
            found = syntax.Unary(operator, found, line)
        return found

    def _postfix(self, found: syntax.Expression, lines: bool) -> syntax.Expression:
        for _ in range(_MAX_CHAIN):
            mark = self.at
            self.space(lines)
            line = self.line()
            if self.text.startswith("...", self.at, self.end):
                self.at = mark
                return found
            if self.take("."):
                self.space(lines)
                if self.take("*"):
                    found = syntax.Splat(found, line)
                elif match := _DIGITS.match(self.text, self.at, self.end):
                    self.at = match.end()
                    found = syntax.Index(found, syntax.Literal(_number(match.group()), line), line)
                else:
                    name = self.identifier()
                    if name is None:
                        raise self.fail("expected a name after '.'")
                    found = syntax.GetAttr(found, name, line)
            elif self.take("["):
                self.space(True)
                if self.take("*"):
                    self.space(True)
                    found = syntax.Splat(found, line)
                else:
                    found = syntax.Index(found, self.expression(True), line)
                    self.space(True)
                self.expect("]")
            else:
                self.at = mark
                return found
        raise self.fail(f"more than {_MAX_CHAIN} steps in a reference")

    def _primary(self, lines: bool) -> syntax.Expression:
        line = self.line()
        if self.take("("):
            found = self.expression(True)
            self.space(True)
            self.expect(")")
            return found
        if self.take("["):
            return self._for("]", line) or self._tuple(line)
        if self.take("{"):
            return self._for("}", line) or self._object(line)
        if self.take('"'):
            return self.quoted(line)
        if match := _HEREDOC.match(self.text, self.at, self.end):
            return templates.heredoc(self, self._inside, match, line)
        if match := _NUMBER.match(self.text, self.at, self.end):
            self.at = match.end()
            return syntax.Literal(_number(match.group()), line)
        name = self.identifier()
        if name is None:
            raise self.fail("expected an expression")
        while self.take("::"):
            name += "::" + (self.identifier() or "")
        mark = self.at
        self.space(lines)
        if self.take("("):
            return self._call(name, line)
        self.at = mark
        if name in ("true", "false", "null"):
            return syntax.Literal({"true": True, "false": False, "null": None}[name], line)
        return syntax.Variable(name, line)

    def _call(self, name: str, line: int) -> syntax.Call:
        arguments: list[syntax.Expression] = []
        expands = False
        self.space(True)
        while not self.take(")"):
            arguments.append(self.expression(True))
            self.space(True)
            expands = self.take("...")
            self.space(True)
            if not self.take(","):
                self.expect(")")
                break
            self.space(True)
        return syntax.Call(name, tuple(arguments), expands, line)

    def _tuple(self, line: int) -> syntax.Tuple:
        items: list[syntax.Expression] = []
        self.space(True)
        while not self.take("]"):
            items.append(self.expression(True))
            self.space(True)
            if not self.take(","):
                self.expect("]")
                break
            self.space(True)
        return syntax.Tuple(tuple(items), line)

    def _object(self, line: int) -> syntax.Object:
        items: list[tuple[syntax.Expression, syntax.Expression]] = []
        self.space(True)
        while not self.take("}"):
            items.append((self._object_key(), self._object_value()))
            self.space(False)
            self.line_comment()
            if not self.take(",") and not self.take("\n"):
                self.expect("}")
                break
            self.space(True)
        return syntax.Object(tuple(items), line)

    def _object_key(self) -> syntax.Expression:
        mark, line = self.at, self.line()
        name = self.identifier()
        self.space(False)
        if name is not None and self.text[self.at : self.at + 1] in ("=", ":"):
            return syntax.Literal(name, line)
        self.at = mark
        return self.expression(False)

    def _object_value(self) -> syntax.Expression:
        self.space(False)
        if not self.take(":"):
            self.expect("=")
        return self.expression(False)

    def _for(self, close: str, line: int) -> syntax.For | None:
        mark = self.at
        self.space(True)
        if self.identifier() != "for":
            self.at = mark
            return None
        self.space(True)
        names = [self.identifier()]
        if names[0] is None:
            # A key of an object may be called `for`.
            self.at = mark
            return None
        self.space(True)
        if self.take(","):
            self.space(True)
            names.append(self.identifier())
            self.space(True)
        if self.identifier() != "in":
            raise self.fail("expected 'in'")
        collection = self.expression(True)
        self.space(True)
        self.expect(":")
        key, value = None, self.expression(True)
        self.space(True)
        if close == "}":
            self.expect("=>")
            key, value = value, self.expression(True)
            self.space(True)
        groups = self.take("...")
        self.space(True)
        condition = None
        mark = self.at
        if self.identifier() == "if":
            condition = self.expression(True)
        else:
            self.at = mark
        self.space(True)
        self.expect(close)
        known = tuple(name for name in names if name)
        return syntax.For(known, collection, key, value, condition, groups, line)

    def quoted(self, line: int) -> syntax.Expression:
        """The rest of a quoted template behind its opening quote."""
        return templates.quoted(self, self._inside, line)

    def template(self) -> syntax.Expression:
        """The rest of the text as a template of its own."""
        return templates.rest(self, self._inside)

    def _inside(self) -> syntax.Expression:
        return self.expression(True)


def template(text: str) -> syntax.Expression:
    """A whole text as a template, as `templatefile` reads it; raises `Unparsable`."""
    return ExpressionParser(text).template()


def _number(text: str) -> int | float:
    if text.isdigit():
        return int(text) if len(text) < 300 else float("inf")
    number = float(text)
    return int(number) if number.is_integer() else number
