"""The repair that the carrier's two graphs need once, at install. The only import of onnx.

The files of the OpenCV model zoo are block-quantised: each weight is an int8 initialiser behind a
``DequantizeLinear`` (with ``block_size``) and mostly a ``Reshape``. onnxruntime undoes that at every run and cannot
fuse what follows, and the graph inputs that the converter left behind dangle. So

- each such pair is computed here, once, and put back as one fp32 initialiser: the same numbers, 1.7 times as fast;
- initialisers that are listed as graph inputs too (the habit of IR version 3) leave that list, so that they are
  constants to the runtime;
- the detector's height and width become free, so that a 640x360 frame need not be blown up to 640x640.

The result is a pure function of the input bytes; its digests are pinned in ``face.install``.
"""

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper


def fold_quantised_weights(source: bytes) -> bytes:
    """Return the model with every block-quantised weight as one fp32 initialiser and only its true inputs left.

    Raises:
        ValueError: if a weight that should be folded is not a constant of the graph.
    """
    model = onnx.load_from_string(source)
    graph = model.graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    folded: dict[str, NDArray[np.float32]] = {}
    kept = []
    for node in graph.node:
        if node.op_type == "DequantizeLinear":
            folded[node.output[0]] = _dequantise(node, constants)
        elif node.op_type == "Reshape" and node.input[0] in folded:
            folded[node.output[0]] = folded.pop(node.input[0]).reshape(constants[node.input[1]])
        else:
            kept.append(node)
    used = {name for node in kept for name in node.input}
    initialisers = [tensor for tensor in graph.initializer if tensor.name in used]
    initialisers += [numpy_helper.from_array(folded[name], name) for name in sorted(folded)]
    names = {tensor.name for tensor in initialisers}
    inputs = [value for value in graph.input if value.name in used and value.name not in names]
    for field, values in ((graph.node, kept), (graph.initializer, initialisers), (graph.input, inputs)):
        del field[:]
        field.extend(values)
    del graph.value_info[:]
    return _serialise(model)


def free_height_and_width(source: bytes) -> bytes:
    """Return the detector with free height and width (multiples of 32) and free row counts in its twelve outputs."""
    model = onnx.load_from_string(source)
    _, _, height, width = model.graph.input[0].type.tensor_type.shape.dim
    height.dim_param, width.dim_param = "height", "width"
    for output in model.graph.output:
        output.type.tensor_type.shape.dim[1].dim_param = f"{output.name}_rows"
    return _serialise(model)


def _dequantise(node: onnx.NodeProto, constants: dict[str, NDArray[np.generic]]) -> NDArray[np.float32]:
    """Return ``(q - zero_point) * scale``, each scale standing for ``block_size`` steps along ``axis``."""
    attributes = {attribute.name: attribute.i for attribute in node.attribute}
    try:
        quantised, scales, zero_points = (constants[name] for name in node.input)
    except KeyError as missing:
        raise ValueError(f"not a constant of the graph: {missing.args[0]}") from None
    axis, block_size = attributes["axis"], attributes["block_size"]
    zero_point, scale = (
        np.repeat(values, block_size, axis=axis).astype(np.float32) for values in (zero_points, scales)
    )
    return (quantised.astype(np.float32) - zero_point) * scale


def _serialise(model: onnx.ModelProto) -> bytes:
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))
