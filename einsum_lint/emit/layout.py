"""Line breaks, as black makes them."""

from __future__ import annotations

from collections.abc import Sequence

INDENT = "    "
_OPERATORS = ((" + ", " - "), (" * ", " / ", " // ", " % ", " @ "))


def lay_out(head: str, expression: str, width: int) -> tuple[str, ...]:
    """A statement, such as ``C += `` and an expression, on lines of at most ``width`` columns.

    A line that can't be broken may be longer.
    """
    if len(head) + len(expression) <= width:
        return (head + expression,)
    bracket = _last_bracket(head.rpartition("[")[0]) if len(head) > width else None
    if bracket is not None:
        start, end = bracket
        contents = _indented(_contents(head[start + 1 : end], width - len(INDENT)))
        return (head[: start + 1], *contents, *lay_out(head[end:], expression, width))
    operands = _operands(expression)
    if len(operands) <= 2:
        broken = _broken_bracket(head, expression, width)
        if broken is not None:
            return tuple(broken)
    if len(operands) == 1:  # the head alone is too long: what is behind it is broken all the same
        return tuple(_broken_bracket(head, expression, width, anyway=True) or (head + expression,))
    return (f"{head}(", *_indented(_contents(expression, width - len(INDENT))), ")")


def _on_lines(text: str, width: int, before: str = "") -> list[str]:
    """An operand a line, its operator before it, and what is too long broken further."""
    if len(before) + len(text) <= width:
        return [before + text]
    operands = _operands(text)
    if len(operands) == 1:
        return _broken_bracket(before, text, width) or [before + text]
    lines = _on_lines(operands[0], width, before)
    for operand in operands[1:]:
        operator, _, rest = operand.partition(" ")
        lines += _on_lines(rest, width, f"{operator} ")
    return lines


def _broken_bracket(head: str, text: str, width: int, *, anyway: bool = False) -> list[str] | None:
    """A text of which the last bracket is broken over lines; None when that does not help."""
    found = _last_bracket(text)
    if found is None:
        return None
    start, end = found
    first, last = f"{head}{text[: start + 1]}", text[end:]
    if (len(first) > width or len(last) > width) and not anyway:
        return None
    return [first, *_indented(_contents(text[start + 1 : end], width - len(INDENT))), last]


def _contents(text: str, width: int) -> list[str]:
    """What stands in a bracket: on one line, or an argument a line."""
    if len(text) <= width:
        return [text]
    arguments = _split(text, (", ",))
    if len(arguments) == 1:
        return _on_lines(text, width)
    lines = []
    for argument in arguments:
        inner = _on_lines(argument.removeprefix(", "), width - 1)
        lines += [*inner[:-1], f"{inner[-1]},"]
    return lines


def _indented(lines: Sequence[str]) -> list[str]:
    return [INDENT + line for line in lines]


def _last_bracket(text: str) -> tuple[int, int] | None:
    """The last bracket of a text that ends in one: the call before a trailing subscript."""
    pairs = [(start, end) for start, end in _brackets(text) if end > start + 1]
    if not pairs or pairs[-1][1] != len(text) - 1:
        return None
    if len(pairs) > 1 and text[pairs[-1][0]] == "[" and pairs[-2][1] == pairs[-1][0] - 1:
        return pairs[-2]
    return pairs[-1]


def _brackets(text: str) -> list[tuple[int, int]]:
    """The outermost brackets of a text."""
    found, depth, start = [], 0, 0
    for at, character in enumerate(text):
        if character in "([{":
            start = start if depth else at
            depth += 1
        elif character in ")]}":
            depth -= 1
            if not depth:
                found.append((start, at))
    return found


def _operands(text: str) -> list[str]:
    """The operands of the operator that binds loosest, each with its operator before it."""
    for operators in _OPERATORS:
        parts = _split(text, operators)
        if len(parts) > 1:
            return [part.removeprefix(" ") for part in parts]
    return [text]


def _split(text: str, separators: Sequence[str]) -> list[str]:
    """The text cut before each separator that stands in no bracket."""
    inside = _brackets(text)
    starts = [at for at in range(1, len(text)) if text.startswith(tuple(separators), at)]
    cuts = [0, *(at for at in starts if not any(s < at < e for s, e in inside))]
    return [text[a:b] for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True)]
