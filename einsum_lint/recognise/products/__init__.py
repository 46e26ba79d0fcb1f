"""Array arithmetic as contractions: what products, sums and rearrangements mean."""
