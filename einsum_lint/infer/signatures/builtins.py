"""Python's own functions, on arrays."""

LIBRARY = "numpy"
TABLES = {
    "builtins": """
abs(x, /) -> elementwise(real)
float(x) -> unknown
"""
}
