"""Models on the CPU. The only import of onnxruntime.

onnxruntime 1.32 writes a device id under the user's cache folder and starts a thread for its telemetry when it is
imported; ``disable_telemetry_events`` comes too late for either. The variable is read at import and stops both.
"""

import os
from typing import Final

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from face.errors import PackError

onnxruntime.disable_telemetry_events()

_ERRORS_ONLY: Final = 3
_NO_SUCH_FOLDER: Final = "/nonexistent"
"""Weights outside the file that was checked are not loaded."""


def open_session(onnx: bytes, *, threads: int) -> onnxruntime.InferenceSession:
    """Return a session on the graph.

    ``threads`` work on one run, the calling one among them. They sleep when there is nothing to do: threads that
    spin take the core on which the list is looked up and the screen drawn.

    Raises:
        PackError: if onnxruntime refuses the graph.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", _NO_SUCH_FOLDER)
    try:
        return onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions have no common base of their own
        raise PackError(f"onnxruntime refuses a model: {type(error).__name__}") from None


class Model:
    """A loaded ONNX graph with one input."""

    def __init__(self, onnx: bytes, *, threads: int) -> None:
        """Load the graph. Raises PackError if onnxruntime refuses it or it has not exactly one input."""
        self._session = open_session(onnx, threads=threads)
        inputs = self._session.get_inputs()
        if len(inputs) != 1:
            raise PackError(f"a model has {len(inputs)} inputs instead of one")
        self._input: str = inputs[0].name

    def run(self, blob: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Return the graph's outputs by name. ``blob`` is 1 x 3 x height x width."""
        outputs: list[NDArray[np.float32]] = self._session.run(None, {self._input: blob})
        names = [output.name for output in self._session.get_outputs()]
        return dict(zip(names, outputs, strict=True))
