"""Python's ``copy``: the same array, of whatever library, in another object."""

LIBRARY = "numpy"
TABLES = {
    "copy": """
copy(x) -> duplicate
deepcopy(x, memo) -> duplicate
"""
}
