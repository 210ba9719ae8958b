"""From every writing road into the station some call leads to the audit log, and from every look at a person.

It looks at the code itself: from each road it follows the calls. That the row and the change are one transaction is
seen where requests are served (``station_world.running``).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import sync.station

CODE = Path(sync.station.__file__).parent
RECORD = "audit.record"
WRITING = {"post", "put", "patch", "delete"}
LOOKS = {f"look_up_calls.{name}" for name in ("numbers_in_full", "history_of", "search")}
LOOKS |= {"list_page.entry_page", "evidence_calls.see"}


class Code:
    """The station's functions, and whom each of them calls."""

    def __init__(self) -> None:
        self.calls: dict[str, set[str]] = {}
        for file in CODE.rglob("*.py"):
            self._read(file)

    def _read(self, file: Path) -> None:
        module, tree = file.stem, ast.parse(file.read_text(encoding="utf-8"))
        imported = {
            alias.asname or alias.name: (node.module or "").rpartition(".")[2]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for function in functions(tree):
            name = f"{module}.{function.name}"
            calls = self.calls.setdefault(name, set())
            for node in ast.walk(function):
                # A function that is handed on (to a thread, to the group commit) is called there.
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    calls.add(f"{node.value.id}.{node.attr}")
                if isinstance(node, ast.Name):
                    calls.add(f"{imported.get(node.id, module)}.{node.id}")

    def records(self, function: str) -> bool:
        """Tell whether some call that begins at this function ends in a row of the audit log."""
        seen, ahead = set(), [function]
        while ahead:
            one = ahead.pop()
            if one == RECORD:
                return True
            if one not in seen:
                seen.add(one)
                ahead += self.calls.get(one, ())
        return False


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.fixture(scope="module")
def code() -> Code:
    return Code()


def roads() -> Iterator[tuple[str, str]]:
    """Each road's method and function."""
    for file in (CODE / "api").glob("*.py"):
        for function in functions(ast.parse(file.read_text(encoding="utf-8"))):
            for made in function.decorator_list:
                if isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute):
                    yield made.func.attr, f"{file.stem}.{function.name}"


BEGINS_A_CEREMONY = {
    f"account_calls.{name}"
    for name in ("ask_for_passkey", "offer_code", "offer_guest_code", "offer_guest_passkey", "offer_passkey")
}
"""What they write is a challenge that is good for minutes; the act is what answers it."""
BEGINS_WORK = {f"import_calls.{name}" for name in ("try_file", "read_again", "propose", "forget_try", "seal")}
"""What they begin (sync.station.import_work) records itself where it changes the list or tells of somebody."""
WORK = ("import_tries._verdicts", "import_loading.propose_import")
ASKS_ABOUT_NOBODY = {"look_up_calls.check"}
"""A number that is typed is held against the rule of its form, and against nothing that the station knows."""


def test_from_every_writing_road_a_call_leads_to_the_audit_log(code: Code) -> None:
    writing = (
        {name for method, name in roads() if method in WRITING} - BEGINS_A_CEREMONY - BEGINS_WORK - ASKS_ABOUT_NOBODY
    )
    assert len(writing) > 20
    assert sorted(name for name in (*writing, *WORK) if not code.records(name)) == []


def test_from_every_look_at_a_person_a_call_leads_to_the_audit_log(code: Code) -> None:
    assert sorted(name for name in LOOKS if not code.records(name)) == []


def test_the_search_itself_does_not_find_a_record_where_there_is_none(code: Code) -> None:
    assert not code.records("console.me")
    assert not code.records("list_calls.entries")
    assert not code.records("visit_counts.add")
