"""Syntax into facts: the visitor that walks a file once, and what recognises each kind of fact."""
