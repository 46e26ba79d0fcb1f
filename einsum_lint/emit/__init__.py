"""Emitters: contractions to text."""
