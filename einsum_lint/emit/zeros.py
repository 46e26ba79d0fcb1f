"""What an array or a number starts from before products are added to it: zeros of their dtype."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .loops import Layout, call, product


def zeros(
    target: str,
    shape: Sequence[str],
    dtype: str | None,
    operands: Mapping[str, int],
    numpy: str,
    layout: Layout,
    *,
    empty: bool = False,
) -> tuple[str, ...]:
    """The statement that makes a target of a shape, and of the dtype that the operands have.

    ``dtype`` is the name of that dtype; where it is None the text finds it from the operands, of
    which the ranks are given, in a way that Numba compiles too.  Without axes it makes a number.
    With ``empty`` every element is set later.
    """
    if not shape:
        return _zero(target, dtype, operands, numpy, layout)
    sizes = shape[0] if len(shape) == 1 else f"({', '.join(shape)})"
    text = _dtype(dtype, operands, numpy)
    arguments = [sizes, f"dtype={text}"] if text else [sizes]
    return call(f"{target} = ", f"{numpy}.{'empty' if empty else 'zeros'}", arguments, layout)


def _zero(
    target: str, dtype: str | None, operands: Mapping[str, int], numpy: str, layout: Layout
) -> tuple[str, ...]:
    if dtype is not None:
        return (f"{target} = {_type(dtype, numpy)}(0)",)
    return product(f"{target} = ", [f"{name}.dtype.type(0)" for name in operands], layout)


def _dtype(dtype: str | None, operands: Mapping[str, int], numpy: str) -> str:
    """The text of a dtype; nothing for the one that NumPy takes by itself."""
    if dtype is not None:
        return "" if dtype == "float64" else _type(dtype, numpy)
    if len(operands) == 1:
        return f"{next(iter(operands))}.dtype"
    # Numba has no np.result_type; a product of nothing has the dtype of a product.
    nothing = (
        f"{name}[{', '.join([':0'] * rank)}]" if rank else name for name, rank in operands.items()
    )
    return f"({' * '.join(nothing)}).dtype"


def _type(dtype: str, numpy: str) -> str:
    return f"{numpy}.bool_" if dtype == "bool" else f"{numpy}.{dtype}"
