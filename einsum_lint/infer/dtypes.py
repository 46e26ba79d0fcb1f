"""Names of dtypes, as code spells them and as NumPy names them."""

from __future__ import annotations

from .values import Constant, Reference, Value

_SPELLINGS = {
    "bool": "bool bool_ ? b1",
    "int8": "int8 byte b i1",
    "int16": "int16 short h i2",
    "int32": "int32 intc i i4",
    "int64": "int64 longlong q i8 int int_ intp",
    "uint8": "uint8 ubyte B u1",
    "uint16": "uint16 ushort H u2",
    "uint32": "uint32 uintc I u4",
    "uint64": "uint64 ulonglong Q u8",
    "float16": "float16 half e f2",
    "float32": "float32 single f f4",
    "float64": "float64 double float float_ d f8",
    "complex64": "complex64 csingle F c8",
    "complex128": "complex128 cdouble complex complex_ D c16",
    "object": "object object_ O",
}
_NAMES = {
    spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
_MODULES = ("numpy", "builtins", "jax.numpy", "cupy", "torch", "tensorflow", "dask.array")

ARRAY_CLASSES = {
    "numpy.ndarray": None,
    "numpy.typing.NDArray": None,
    "torch.Tensor": "torch",
    "torch.FloatTensor": "torch",
    "torch.LongTensor": "torch",
    "torch.BoolTensor": "torch",
    "torch.nn.Parameter": "torch",
    "jax.Array": "jax",
    "jax.numpy.ndarray": "jax",
    "tensorflow.Tensor": "tensorflow",
    "tensorflow.Variable": "tensorflow",
    "cupy.ndarray": "cupy",
    "dask.array.Array": "dask",
}
"""The classes of arrays, each with its library, which is None for NumPy."""


def dtype_name(value: Value) -> str | None:
    """NumPy's name of the dtype that a ``dtype=`` argument asks for; None when it is not known."""
    match value:
        case Constant(value=str(text)):
            return _NAMES.get(text.lstrip("<=|"))
        case Reference(names=names):
            found = {
                _NAMES.get(n.rpartition(".")[2]) for n in names if n.rpartition(".")[0] in _MODULES
            }
            return found.pop() if len(found) == len(names) == 1 else None
    return None


def python_dtype(value: object) -> str | None:
    """The dtype of an array of this Python number."""
    match value:
        case bool():
            return "bool"
        case int():
            return "int64" if -(1 << 63) <= value < 1 << 63 else None
        case float():
            return "float64"
        case complex():
            return "complex128"
    return None
