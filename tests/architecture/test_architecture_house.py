"""The house keeps its shape: names, sizes, migrations."""

import ast
import re
from pathlib import Path

import pytest

from chassis.service import SERVICES

ROOT = Path(__file__).resolve().parents[2]
OWN = ("contracts", "chassis", "services", "gateway", "ops")
MODULES = [path for folder in OWN for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "lib"}


def test_no_module_has_a_name_that_says_nothing():
    assert [str(path) for path in MODULES if path.stem in EMPTY_NAMES] == []


def test_modules_can_be_held_in_mind():
    """Contracts are lists of fields, texts are texts, and may be longer; nothing else passes 320 lines."""
    long = {str(p.relative_to(ROOT)): n for p in MODULES if (n := len(p.read_text().splitlines())) > 320}
    assert {
        name: lines
        for name, lines in long.items()
        if not name.startswith("contracts/") and not name.endswith("/texts.py")
    } == {}


def test_functions_stay_short():
    functions = [
        (path, node)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    ]
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, node in functions
        if (node.end_lineno or 0) - node.lineno > 50
    ]
    assert long == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_shape(service):
    folder = ROOT / "services" / service
    assert (folder / "service.py").is_file() or (folder / "service" / "__init__.py").is_file()
    assert (folder / "migrations" / "versions").is_dir()
    assert (folder / "models.py").is_file() or (folder / "models").is_dir()
    assert (folder / "commands.py").is_file() or (folder / "commands").is_dir()
    assert (folder / "queries.py").is_file() or (folder / "queries").is_dir()
    assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text())), "say what the service owns"


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_are_numbered_without_gaps(service):
    numbers = sorted(path.name[:4] for path in (ROOT / "services" / service / "migrations" / "versions").glob("0*.py"))
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


def test_every_decision_has_a_number_of_its_own():
    """The file's number, the heading's number, and nobody else's; a reference leads to a file that is there."""
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [path.name[:4] for path in decisions] == [f"{number:04d}" for number in range(1, len(decisions) + 1)]
    for path in decisions:
        assert path.read_text().startswith(f"# {int(path.name[:4])}. "), path.name
    named = {
        name for path in (ROOT / "docs").rglob("*.md") for name in re.findall(r"\b\d{4}-[\w-]+\.md", path.read_text())
    }
    assert named <= {path.name for path in decisions}
