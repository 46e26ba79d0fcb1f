"""A call that the walk has come to: as libcst has it, and its place."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import libcst as cst

from ..places import CallPlace
from ..reading import UnreadableError
from ..source import Source
from ..trees import arguments_in_order


@dataclass(frozen=True, slots=True)
class Call:
    """A call in a statement; one that is ``quoted`` stands in an f-string."""

    source: Source
    statement: ast.stmt
    node: ast.Call
    quoted: bool

    def concrete(self) -> cst.Call:
        """The call as libcst has it.

        UnreadableError if libcst can't parse it.
        """
        if not self.quoted:
            try:
                found = cst.parse_expression(self.source.text_of(self.node))
            except cst.ParserSyntaxError:
                pass  # its callee is on several rows, which only the brackets around it allow
            else:
                assert isinstance(found, cst.Call)
                return found
        try:
            found = cst.parse_expression(ast.unparse(self.node))
        except cst.ParserSyntaxError as error:
            why = f"libcst can't parse this: {error.message}"
            raise UnreadableError(why, self.statement.lineno) from error
        assert isinstance(found, cst.Call)
        return found

    def place(self, subscripts_at: tuple[int, ...], operands_at: tuple[int, ...]) -> CallPlace:
        """The place of the call; see ``CallPlace`` for the indices of arguments."""
        quoted: tuple[str, ...] = ()
        if self.quoted:
            parts = [self.node.func, *(_value(part) for part in arguments_in_order(self.node))]
            quoted = tuple(map(ast.unparse, parts))
        node = None if self.quoted else self.node
        return CallPlace(self.source, self.statement, node, subscripts_at, operands_at, quoted)


def _value(argument: ast.expr | ast.keyword) -> ast.expr:
    match argument:
        case ast.keyword(value=value) | ast.Starred(value=value):
            return value
    return argument
