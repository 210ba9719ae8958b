"""The graph repair, on a graph small enough to check by hand."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from face.repair import fold_quantised_weights


def _quantised_graph(*, scales_constant: bool = True) -> bytes:
    """y = x @ w, with w = [[2, 4], [30, 40]] as int8 in blocks of two along axis 0, and one input that dangles."""
    weights = np.array([[1, 2], [3, 4]], np.int8).reshape(1, 4)
    constants = {
        "w_quantised": weights,
        "w_scales": np.array([[2, 10]], np.float32),
        "w_zero_points": np.zeros((1, 2), np.int8),
        "w_shape": np.array([2, 2], np.int64),
    }
    if not scales_constant:
        del constants["w_scales"]
    inputs = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2]),
        helper.make_tensor_value_info("w", TensorProto.FLOAT, [2, 2]),
    ]
    nodes = [
        helper.make_node(
            "DequantizeLinear", ["w_quantised", "w_scales", "w_zero_points"], ["w_flat"], axis=1, block_size=2
        ),
        helper.make_node("Reshape", ["w_flat", "w_shape"], ["w_whole"]),
        helper.make_node("MatMul", ["x", "w_whole"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        inputs,
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)]).SerializeToString())


def test_a_quantised_weight_becomes_the_fp32_weight_that_it_stands_for() -> None:
    graph = onnx.load_from_string(fold_quantised_weights(_quantised_graph())).graph
    assert [node.op_type for node in graph.node] == ["MatMul"]
    (weight,) = graph.initializer
    np.testing.assert_array_equal(numpy_helper.to_array(weight), [[2, 4], [30, 40]])


def test_inputs_that_nothing_uses_are_dropped() -> None:
    graph = onnx.load_from_string(fold_quantised_weights(_quantised_graph())).graph
    assert [value.name for value in graph.input] == ["x"]


def test_the_repair_gives_the_same_bytes_each_time() -> None:
    assert fold_quantised_weights(_quantised_graph()) == fold_quantised_weights(_quantised_graph())


def test_a_weight_that_is_no_constant_is_refused() -> None:
    with pytest.raises(ValueError, match="w_scales"):
        fold_quantised_weights(_quantised_graph(scales_constant=False))
