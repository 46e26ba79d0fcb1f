"""SARIF 2.1.0, the exchange format of static analysis."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from ..findings import Finding, Fix, Span
from ..rule import Rule, rules
from . import Checked, Look, severity
from .fingerprint import fingerprints


def report(files: Sequence[Checked], look: Look) -> Sequence[str]:
    """One run with its results and the rules they refer to."""
    from .. import __version__

    cited = sorted({finding.code for file in files for finding in file.findings})
    known = [rules()[code] for code in cited if code in rules()]
    numbers = {rule.code: number for number, rule in enumerate(known)}
    run = {
        "tool": {
            "driver": {
                "name": "einsum_lint",
                "version": __version__,
                "informationUri": "https://github.com/einsum-lint/einsum-lint",
                "rules": [_rule(rule) for rule in known],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"uri": f"file://{quote(os.getcwd())}/"}},
        "results": [
            _result(file, finding, word, numbers) for file, finding, word in fingerprints(files)
        ],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return [json.dumps(log, indent=2), "\n"]


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary or rule.name},
        "fullDescription": {"text": rule.doc or rule.name},
        "helpUri": rule.url,
        "help": {"text": rule.doc or rule.name, "markdown": rule.doc or rule.name},
        "defaultConfiguration": {"enabled": rule.default, "level": severity(rule.code)},
        "properties": {"tags": ["einsum"]},
    }


def _result(file: Checked, finding: Finding, word: str, numbers: dict[str, int]) -> dict[str, Any]:
    place = {"artifactLocation": _artifact(file), "region": _region(finding.span)}
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": severity(finding.code),
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"einsumLint/v1": word},
    }
    if finding.code in numbers:
        result["ruleIndex"] = numbers[finding.code]
    if finding.fix is not None:
        result["fixes"] = [_fix(file, finding.fix)]
    return result


def _fix(file: Checked, fix: Fix) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.content}}
        for edit in fix.edits
    ]
    change = {"artifactLocation": _artifact(file), "replacements": replacements}
    return {"description": {"text": fix.message}, "artifactChanges": [change]}


def _artifact(file: Checked) -> dict[str, str]:
    path = file.path.replace(os.sep, "/")
    encoded = quote(os.fsencode(path))
    if os.path.isabs(file.path):
        return {"uri": f"file://{encoded}"}
    return {"uri": encoded, "uriBaseId": "SRCROOT"}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.start.row,
        "startColumn": span.start.column,
        "endLine": span.end.row,
        "endColumn": span.end.column,
    }
