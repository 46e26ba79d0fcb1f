"""einops: the right side of a pattern is the shape of the result."""

TABLES = {
    "einops": """
rearrange(tensor, pattern, **axes_lengths) -> rearranged
repeat(tensor, pattern, **axes_lengths) -> rearranged
reduce(tensor, pattern, reduction, **axes_lengths) -> rearranged(unknown)
"""
}
