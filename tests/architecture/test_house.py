"""The house's habits, as tests: permissions, rules with tests, time handed in, size."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from lms.access import Permission

REPOSITORY = Path(__file__).resolve().parents[2]
CODE = sorted((REPOSITORY / "lms").rglob("*.py"))
TESTS = sorted((REPOSITORY / "tests").rglob("test_*.py"))
RULE = re.compile(r"^([BAERP]\d{1,2})\b", re.MULTILINE)
LONGEST_FILE = 400
LONGEST_FUNCTION = 50


def _trees(files: list[Path]) -> Iterator[tuple[Path, ast.Module]]:
    for path in files:
        yield path.relative_to(REPOSITORY), ast.parse(path.read_text())


def _is_named(path: Path, *names: str) -> bool:
    return path.stem in names or any(part in names for part in path.parts)


def test_every_view_states_its_permission(app: Flask) -> None:
    without = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        and not isinstance(
            getattr(app.view_functions[rule.endpoint], "permission", None), Permission
        )
    ]
    assert without == []


def test_every_rule_that_a_rules_file_names_has_a_test() -> None:
    named = {
        number
        for path, tree in _trees(CODE)
        if _is_named(path, "rules")
        for number in RULE.findall(ast.get_docstring(tree) or "")
    }
    tested = set()
    for _, tree in _trees(TESTS):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                words = f"{node.name} {ast.get_docstring(node) or ''}"
                tested |= set(
                    re.findall(
                        r"(?<![A-Za-z0-9])([BAERP]\d{1,2})(?![0-9])", words.replace("_", " ")
                    )
                )
    assert named - tested == set()
    assert named, "no rules file names its rules"


def test_rules_commands_and_queries_are_given_the_time() -> None:
    """Only views, jobs, the command line and the clock itself read a clock."""
    readers = []
    for path, tree in _trees(CODE):
        if not _is_named(path, "rules", "commands", "queries", "models", "messages", "imports"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                if name in {"now", "today", "utcnow"}:
                    readers.append(f"{path}:{node.lineno}")
    assert readers == []


def test_views_neither_write_nor_query() -> None:
    """A view parses, calls one query or command, and renders."""
    reached = []
    for path, tree in _trees(CODE):
        if not _is_named(path, "views"):
            continue
        reached += [
            f"{path}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "lms.db"
        ]
    assert reached == []


def test_files_and_functions_stay_small() -> None:
    long = []
    for path, tree in _trees(CODE):
        length = len((REPOSITORY / path).read_text().splitlines())
        if length > LONGEST_FILE:
            long.append(f"{path} has {length} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long.append(f"{path}:{node.lineno} {node.name} has {lines} lines")
    assert long == []


def test_no_name_collects_everything() -> None:
    forbidden = {"utils", "util", "helpers", "common", "services", "misc", "core"}
    assert [str(path) for path in CODE if path.stem in forbidden] == []
