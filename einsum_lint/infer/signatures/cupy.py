"""CuPy, which follows NumPy."""

from .numpy import METHODS as METHODS
from .numpy import TABLES as _NUMPY

TABLES = {prefix.replace("numpy", "cupy"): table for prefix, table in _NUMPY.items()}
