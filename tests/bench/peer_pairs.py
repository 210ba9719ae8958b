"""Runs in ``build/peers``: seconds that face_recognition (dlib) and OpenCV take for the pairs named on the input.

Arguments: the two ONNX files for OpenCV. Each input line is a JSON list of a card picture and a live one; each output
line the seconds of both peers for that pair, from the decoded pictures to a score.
"""

import json
import sys
import time

import cv2
import face_recognition
import numpy as np


def main() -> None:
    detector = cv2.FaceDetectorYN.create(sys.argv[1], "", (320, 320))
    embedder = cv2.FaceRecognizerSF.create(sys.argv[2], "")
    for line in sys.stdin:
        card, live = (cv2.imread(path) for path in json.loads(line))
        card = cv2.resize(card, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        seconds = {"dlib": timed(lambda c=card, v=live: by_dlib(c, v))}
        for name, threads in (("opencv", -1), ("opencv_one_thread", 1)):
            cv2.setNumThreads(threads)
            seconds[name] = timed(lambda c=card, v=live: by_opencv(detector, embedder, c, v))
        print(json.dumps(seconds), flush=True)


def timed(run) -> float:
    run()
    started_s = time.perf_counter()
    run()
    return time.perf_counter() - started_s


def by_dlib(card, live) -> float:
    one, other = (face_recognition.face_encodings(np.ascontiguousarray(image[:, :, ::-1])) for image in (card, live))
    return float(face_recognition.face_distance(one[:1], other[0])[0])


def by_opencv(detector, embedder, card, live) -> float:
    features = []
    for image in (card, live):
        detector.setInputSize((image.shape[1], image.shape[0]))
        _, faces = detector.detect(image)
        features.append(embedder.feature(embedder.alignCrop(image, faces[0])))
    return float(embedder.match(*features, cv2.FaceRecognizerSF_FR_COSINE))


if __name__ == "__main__":
    main()
