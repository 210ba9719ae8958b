"""RULES 1: 1:1 only. No gallery, index or stored template, no model of age, sex or mood: by name and by shape."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from face.packs import PackSpec
from sync.kiosk_end.outbox import OutboxFile

ROOT = Path(__file__).parents[2]
ROOMS = ("kiosk", "reader", "face", "watchlist", "ui", "sync")
FORBIDDEN_NAME = re.compile(
    r"galler|identif(y_face|ication)|one_to_many|1_?n_search|face_?(index|search|db|database|store)|enrol_?face|"
    r"(find|search|match)_(person|people|visitor)|nearest|knn|faiss|cluster|"
    r"(age|gender|sex|ethnicity|race|emotion|mood)_?(model|estimat|predict|classif)",
    re.IGNORECASE,
)
FORBIDDEN_COLUMN = re.compile(
    r"embedding|template|feature|vector|face|portrait|photo|image|picture|descriptor|"
    r"^(age|sex|gender|ethnic\w*|race|mood)$",
    re.IGNORECASE,
)
MANY_EMBEDDINGS = re.compile(r"(list|dict|set|tuple|Sequence|Iterable|Mapping|Iterator)\[[^\]]*Embedding")
# One person's few looks of one stay, overwritten at its end; and offline figures about people who agreed to it.
ALLOWED_MANY = {"face/track.py"}
OFFLINE = "face/evaluation/"


@cache
def _sources() -> tuple[tuple[str, ast.Module], ...]:
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def test_no_public_name_speaks_of_a_search_among_faces() -> None:
    found = [
        f"{path}: {node.name}"
        for path, tree in _sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and FORBIDDEN_NAME.search(node.name)
    ]
    assert found == []


def test_nothing_holds_or_takes_many_embeddings_but_one_visitor_s_own_looks() -> None:
    found = []
    for path, tree in _sources():
        if path in ALLOWED_MANY or path.startswith(OFFLINE):
            continue
        for node in ast.walk(tree):
            for annotation in _annotations(node):
                if MANY_EMBEDDINGS.search(ast.unparse(annotation)):
                    found.append(f"{path}:{node.lineno}")  # type: ignore[attr-defined]  # annotated nodes have a line
    assert found == []


def _annotations(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
        yield node.annotation
    if isinstance(node, ast.FunctionDef) and node.returns is not None:
        yield node.returns


def test_the_gate_cannot_reach_the_offline_evaluation() -> None:
    """What may hold many embeddings is not imported by anything that runs at a gate."""
    importers = [
        path
        for path, tree in _sources()
        if not path.startswith(OFFLINE) and path != "kiosk/face_commands.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import) and "face.evaluation" in ast.unparse(node)
    ]
    assert importers == []


def test_no_room_but_the_face_s_own_knows_what_an_embedding_is() -> None:
    knowing = [
        path
        for path, tree in _sources()
        if not path.startswith("face/") and re.search(r"\bEmbedding\b|\bembed\(", ast.unparse(tree))
    ]
    assert knowing == []


def _columns(url: str) -> list[str]:
    engine = create_engine(url)
    try:
        inspector = inspect(engine)
        tables = inspector.get_table_names()
        assert tables
        return [f"{table}.{column['name']}" for table in tables for column in inspector.get_columns(table)]
    finally:
        engine.dispose()


def test_no_database_of_the_kiosk_has_a_place_for_a_face(tmp_path: Path) -> None:
    OutboxFile(tmp_path / "outbox.db").close()
    columns = _columns(f"sqlite:///{tmp_path / 'outbox.db'}")
    assert [column for column in columns if FORBIDDEN_COLUMN.search(column.partition(".")[2])] == []


@pytest.mark.parametrize("package", ["watchlist", "sync.station", "sync.kiosk_end"])
def test_no_table_of_the_product_has_a_place_for_a_face(package: str) -> None:
    """Every table that any module declares, whether or not a test has made it."""
    root = importlib.import_module(package)
    found, tables = [], 0
    for module in pkgutil.walk_packages(root.__path__, f"{package}."):
        if module.name.endswith("__main__") or ".migrations" in module.name:
            continue
        for metadata in _metadata_of(importlib.import_module(module.name)):
            for table in metadata.tables.values():  # type: ignore[attr-defined]  # a SQLAlchemy MetaData
                tables += 1
                found += [
                    f"{table.name}.{column.name}" for column in table.columns if FORBIDDEN_COLUMN.search(column.name)
                ]
    assert tables
    assert found == []


def _metadata_of(module: object) -> list[object]:
    from sqlalchemy import MetaData

    found = [value for value in vars(module).values() if isinstance(value, MetaData)]
    return found + [
        value.metadata for value in vars(module).values() if isinstance(getattr(value, "metadata", None), MetaData)
    ]


def test_a_pack_has_no_place_for_a_model_of_age_sex_origin_or_mood() -> None:
    models = {name for name in PackSpec.__struct_fields__ if name in ("detector", "embedder", "landmarks")}
    others = set(PackSpec.__struct_fields__) - models
    assert models == {"detector", "embedder", "landmarks"}
    assert others == {
        "name", "files", "self_test", "calibration", "commercial_use", "training_data",
    }  # fmt: skip


def test_the_check_itself_would_see_one() -> None:
    for name in (
        "FaceGallery",
        "identify_face",
        "search_person",
        "nearest_embeddings",
        "AgeModel",
        "emotion_classifier",
    ):
        assert FORBIDDEN_NAME.search(name)
    assert MANY_EMBEDDINGS.search("dict[str, Embedding]")
    assert FORBIDDEN_COLUMN.search("face_template")
