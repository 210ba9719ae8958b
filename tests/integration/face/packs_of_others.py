"""A pack in InsightFace's form, made of our own weights: what buffalo_l would be to the product, without its licence.

YuNet's twelve heads are put into SCRFD's nine outputs, and SFace behind ArcFace's normalisation, both in ONNX alone; so
insightface's own classes run real weights, and their results can be held against ours.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def scrfd(yunet: bytes) -> bytes:
    """YuNet as an SCRFD: input (value - 127.5) / 128 red-green-blue; scores, distances, points, two anchors a cell."""
    model = onnx.load_from_string(yunet)
    graph = model.graph
    constants = {
        "c128": np.float32(128),
        "c127": np.float32(127.5),
        "rgb": np.array([2, 1, 0], np.int64),
        "zero": np.float32(0),
        "one": np.float32(1),
        "half": np.float32(0.5),
        "one_column": np.array([-1, 1], np.int64),
        "four": np.array([-1, 4], np.int64),
        "ten": np.array([-1, 10], np.int64),
        "axis_1": np.array([1], np.int64),
    }
    graph.initializer.extend(numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items())
    old_input = graph.input[0].name
    before = [
        helper.make_node("Mul", ["input.1", "c128"], ["scaled"]),
        helper.make_node("Add", ["scaled", "c127"], ["levels"]),
        helper.make_node("Gather", ["levels", "rgb"], [old_input], axis=1),
    ]
    after, outputs = [], {"score": [], "bbox": [], "kps": []}

    def twice(source: str, shape: str, to: str) -> None:
        after.extend(
            [
                helper.make_node("Reshape", [source, shape], [f"{to}_flat"]),
                helper.make_node("Unsqueeze", [f"{to}_flat", "axis_1"], [f"{to}_row"]),
                helper.make_node("Concat", [f"{to}_row", f"{to}_row"], [f"{to}_pair"], axis=1),
                helper.make_node("Reshape", [f"{to}_pair", shape], [to]),
            ]
        )

    for stride in (8, 16, 32):
        after.extend(
            [
                helper.make_node("Clip", [f"cls_{stride}", "zero", "one"], [f"p{stride}"]),
                helper.make_node("Clip", [f"obj_{stride}", "zero", "one"], [f"q{stride}"]),
                helper.make_node("Mul", [f"p{stride}", f"q{stride}"], [f"pq{stride}"]),
                helper.make_node("Sqrt", [f"pq{stride}"], [f"s{stride}"]),
                helper.make_node("Split", [f"bbox_{stride}"], [f"d{stride}", f"log{stride}"], axis=2, num_outputs=2),
                helper.make_node("Exp", [f"log{stride}"], [f"size{stride}"]),
                helper.make_node("Mul", [f"size{stride}", "half"], [f"h{stride}"]),
                helper.make_node("Sub", [f"h{stride}", f"d{stride}"], [f"lt{stride}"]),
                helper.make_node("Add", [f"h{stride}", f"d{stride}"], [f"rb{stride}"]),
                helper.make_node("Concat", [f"lt{stride}", f"rb{stride}"], [f"b{stride}"], axis=2),
            ]
        )
        twice(f"s{stride}", "one_column", f"score_{stride}")
        twice(f"b{stride}", "four", f"bbox_out_{stride}")
        twice(f"kps_{stride}", "ten", f"kps_out_{stride}")
        outputs["score"].append((f"score_{stride}", 1))
        outputs["bbox"].append((f"bbox_out_{stride}", 4))
        outputs["kps"].append((f"kps_out_{stride}", 10))
    nodes = [*before, *graph.node, *after]
    del graph.node[:], graph.input[:], graph.output[:]
    graph.node.extend(nodes)
    graph.input.append(helper.make_tensor_value_info("input.1", TensorProto.FLOAT, [1, 3, "h", "w"]))
    for kind in ("score", "bbox", "kps"):
        for name, width in outputs[kind]:
            graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, width]))
    version = next(item for item in model.opset_import if item.domain in ("", "ai.onnx"))
    version.version = max(version.version, 18)
    return bytes(model.SerializeToString())


def arcface(sface: bytes) -> bytes:
    """SFace behind ArcFace's (value - 127.5) / 127.5."""
    model = onnx.load_from_string(sface)
    graph = model.graph
    graph.initializer.append(numpy_helper.from_array(np.array(127.5, np.float32), "c127"))
    old_input = graph.input[0].name
    nodes = [
        helper.make_node("Mul", ["input.1", "c127"], ["scaled"]),
        helper.make_node("Add", ["scaled", "c127"], [old_input]),
        *graph.node,
    ]
    del graph.node[:], graph.input[:]
    graph.node.extend(nodes)
    graph.input.append(helper.make_tensor_value_info("input.1", TensorProto.FLOAT, [1, 3, 112, 112]))
    return bytes(model.SerializeToString())


def buffalo(folder: Path, pack_dir: Path, *, manifest: bool) -> Path:
    """A folder as a site would bring it, with a model of age and sex beside the two that are used."""
    folder.mkdir(parents=True)
    detector = scrfd((pack_dir / "yunet.onnx").read_bytes())
    embedder = arcface((pack_dir / "sface.onnx").read_bytes())
    (folder / "det_10g.onnx").write_bytes(detector)
    (folder / "w600k_r50.onnx").write_bytes(embedder)
    (folder / "genderage.onnx").write_bytes(b"never to be opened")
    if manifest:
        (folder / "MODEL.LICENSE").write_text("For research only.")
        tasks = {
            "detection": {"file": "det_10g.onnx", "preprocessing": {"mean": 127.5, "std": 128.0}},
            "recognition": {
                "file": "w600k_r50.onnx",
                "preprocessing": {"mean": 127.5, "std": 127.5},
                "embedding_dimension": 128,
            },
        }
        for task in tasks.values():
            task["sha256"] = hashlib.sha256((folder / str(task["file"])).read_bytes()).hexdigest()
        declared = {"manifest_version": 2, "model_id": "a_site_s_own", "license": "MODEL.LICENSE", "tasks": tasks}
        (folder / "manifest.json").write_text(json.dumps(declared))
    return folder
