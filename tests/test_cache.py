"""The cache: what it remembers, and that nothing in it can fail a run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from einsum_lint import cache as module
from einsum_lint.cache import Cache
from einsum_lint.findings import Applicability, Edit, Finding, Fix, Position, Span
from einsum_lint.settings import DEFAULT

SPAN = Span(Position(2, 3), Position(4, 5))
FIX = Fix("do it", (Edit(SPAN, "new\n"), Edit(SPAN, "")), Applicability.UNSAFE)
FINDINGS = (
    Finding("EIN301", "implicit-output", "über", SPAN, FIX, 4, 1),
    Finding("EIN900", "unreadable-file", "no", SPAN, None, 2),
)


def test_findings_come_back_as_they_were(tmp_path: Path) -> None:
    first = Cache(str(tmp_path / "c"))
    key = first.key("text", "a.py", DEFAULT, thorough=False)
    assert first.get(key) is None
    first.put(key, FINDINGS)
    first.save()
    assert Cache(str(tmp_path / "c")).get(key) == FINDINGS


def test_the_key_depends_on_all_that_matters(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path))
    keys = {
        cache.key("text", "a.py", DEFAULT, thorough=False),
        cache.key("other", "a.py", DEFAULT, thorough=False),
        cache.key("text", "b.py", DEFAULT, thorough=False),
        cache.key("text", "a.py", DEFAULT, thorough=True),
        cache.key("text", "a.py", DEFAULT._replace(select=("EIN3",)), thorough=False),
        cache.key("text", "a.py", DEFAULT._replace(ignore=("EIN3",)), thorough=False),
        cache.key("text", "a.py", DEFAULT._replace(extend_select=("EIN3",)), thorough=False),
        cache.key("text", "a.py", DEFAULT._replace(target_numpy=(1, 26)), thorough=False),
        cache.key("text", "a.py", DEFAULT._replace(optimize_policy="never"), thorough=False),
        cache.key("text", "a.py", DEFAULT._replace(portable_to=("jax",)), thorough=False),
        cache.key("text", "a.py", DEFAULT._replace(guard=True), thorough=False),
        cache.key("text", "a.py", DEFAULT._replace(line_length=79), thorough=False),
        cache.key("text", "a.py", DEFAULT, thorough=False, codemod=("add-optimize",)),
        cache.key("text", "a.py", DEFAULT, thorough=False, codemod=("add-optimize", "EIN1")),
        cache.key(
            "text", "a.py", DEFAULT._replace(einsum_functions={"f": "numpy"}), thorough=False
        ),
    }
    assert len(keys) == 15


def test_the_folder_hides_itself(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "c"))
    cache.put("k", ())
    cache.save()
    assert (tmp_path / "c/.gitignore").read_text().endswith("*\n")
    assert (
        (tmp_path / "c/CACHEDIR.TAG")
        .read_text()
        .startswith("Signature: 8a477f597d28d172789f06886806bc55")
    )


@pytest.mark.parametrize("part", ["", "findings", "files"])
@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\x00", b"[]", b"3", b'{"k": 3}', b'{"k": [1]}', b'{"k": [1, [[]]]}', b"[" * 100_000,
     b'{"k": [1, [[1,2,3,4,5,6,7]]]}', b'{"k": [1, [["a","b","c",[1,2],1,null,null]]]}',
     b'{"k": [1, [["a","b","c",[1,1,1,1],1,null,["m",9,[]]]]]}', b'{"a.py": [1, 2, 3, 4, 5]}',
     b'{"a.py": ["x", 2, 3, 4, "5"]}'],
)  # fmt: skip
def test_a_damaged_cache_is_an_empty_one(tmp_path: Path, content: bytes, part: str) -> None:
    source = tmp_path / "a.py"
    source.write_text("text")
    os.utime(source, (1, 1))
    good = Cache(str(tmp_path))
    good.put("k", FINDINGS)
    good.save()
    (file,) = tmp_path.glob("*.json")
    file.write_bytes(b'{"%s": %s}' % (part.encode(), content) if part else content)
    cache = Cache(str(tmp_path))
    assert cache.get("k") is None
    assert cache.content(str(source), source.stat()) is None
    cache.put("k", FINDINGS)
    cache.see(str(source), source.stat(), b"text")
    cache.save()
    assert Cache(str(tmp_path)).get("k") == FINDINGS


def test_a_file_that_has_not_changed_is_known(tmp_path: Path) -> None:
    source, folder = tmp_path / "a.py", str(tmp_path / "c")
    source.write_text("text")
    os.utime(source, (1, 1))
    first = Cache(folder)
    word = first.see(str(source), source.stat(), b"text")
    first.save()
    again = Cache(folder)
    assert again.content(str(source), source.stat()) == word
    assert again.content(str(tmp_path / "b.py"), source.stat()) is None
    os.utime(source, (2, 2))
    assert again.content(str(source), source.stat()) is None
    assert again.see(str(source), source.stat(), b"text") == word
    assert again.see(str(source), source.stat(), b"other") != word


def test_a_file_that_has_just_been_written_may_change_again(tmp_path: Path) -> None:
    source, folder = tmp_path / "a.py", str(tmp_path / "c")
    source.write_text("text")
    first = Cache(folder)
    first.see(str(source), source.stat(), b"text")
    assert first.content(str(source), source.stat()) is None


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(str(tmp_path / "file"))
    cache.put("k", ())
    cache.save()
    assert (tmp_path / "file").read_text() == ""


def test_old_entries_and_files_go(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path))
    cache.put("old", ())
    cache.put("new", ())
    cache.save()
    (file,) = tmp_path.glob("*.json")
    content = json.loads(file.read_text())
    content["findings"]["old"][0] -= 31
    file.write_text(json.dumps(content))
    left_over = tmp_path / "0123.json"
    left_over.write_text("{}")
    os.utime(left_over, (0, 0))
    again = Cache(str(tmp_path))
    again.put("more", ())
    again.save()
    assert sorted(json.loads(file.read_text())["findings"]) == ["more", "new"]
    assert not left_over.exists()


def test_another_program_has_another_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(str(tmp_path))
    cache.put("k", FINDINGS)
    cache.save()
    monkeypatch.setattr(module, "_program_stamp", lambda: "another")
    assert Cache(str(tmp_path)).get("k") is None


def test_the_size_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEEP", 3)
    cache = Cache(str(tmp_path))
    for number in range(5):
        cache.put(str(number), ())
    cache.save()
    (file,) = tmp_path.glob("*.json")
    assert len(json.loads(file.read_text())["findings"]) == 3
