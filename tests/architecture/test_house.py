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


SAID_AFTER_A_NAME = {"record", "_record", "record_act", "record_for_another"}


def test_every_audit_sentence_goes_on_after_a_name() -> None:
    """'Idris Larkspur' + 'took a file of 3 people': so it begins small and does not end itself."""
    odd = []
    for path, tree in _trees(CODE):
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and _audits(function):
                odd += [
                    f"{path}:{node.lineno}: {words!r}"
                    for node in _sentences(function)
                    if (words := _beginning(node)) and (words[0].isupper() or words[0] == "“")
                ]
    assert not odd, "\n".join(odd)


def _audits(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Call) and _called(node) for node in ast.walk(function))


def _called(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr == "record" and isinstance(call.func.value, ast.Name)
    return isinstance(call.func, ast.Name) and call.func.id in SAID_AFTER_A_NAME


def _sentences(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """What is handed to the trail as text, at once or under the name `sentence`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and _called(node):
            yield from node.args[1:4]
        elif isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "sentence" for target in node.targets
        ):
            yield node.value


def _beginning(node: ast.expr) -> str:
    first = node.values[0] if isinstance(node, ast.JoinedStr) else node
    is_words = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return str(first.value) if is_words else ""  # type: ignore[union-attr]


def test_nothing_rewrites_the_audit_trail() -> None:
    """Entries are added; no code updates or deletes one (P3)."""
    rewriting = [
        str(path.relative_to(REPOSITORY))
        for path in CODE
        if re.search(r"(update|delete)\(\s*(audit\.)?AuditEntry", path.read_text())
    ]
    assert rewriting == []
