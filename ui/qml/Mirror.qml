// The live picture in an oval with its ring, which fills as the visitor gets on: the rest is broken, what is done is whole,
// and a tick says that all is well.
import QtQuick
import QtQuick.Shapes
import Hongtu

Item {
    id: mirror

    objectName: "mirror"

    required property QtObject camera
    required property real progress

    readonly property bool settled: progress === 1
    readonly property color ringColor: settled ? Theme.pine : Theme.earth
    property real filled: progress

    Behavior on filled {
        enabled: !Theme.still
        NumberAnimation { duration: 500; easing.type: Easing.OutCubic }
    }

    // what stands in place of a picture that is not there yet: a face to put one's own into
    Item {
        anchors { fill: parent; margins: 6 * Theme.mm }
        visible: !preview.is_live

        Shape {
            anchors.fill: parent

            ShapePath {
                strokeWidth: -1
                fillColor: Theme.wall
                PathAngleArc {
                    centerX: preview.width / 2; centerY: preview.height / 2
                    radiusX: preview.width / 2; radiusY: preview.height / 2
                    startAngle: 0; sweepAngle: 360
                }
            }
        }

        Picture {
            anchors { fill: parent; margins: mirror.width * 0.22 - 6 * Theme.mm }
            name: "Look"
            ink: Theme.slate
            ground: Theme.wall
        }
    }

    CameraPreview {
        id: preview

        objectName: "preview"
        anchors { fill: parent; margins: 6 * Theme.mm }
        source: mirror.camera
    }

    // No Shape: whatever lies in the live picture's rectangle is drawn with each of its frames, and this is drawn once.
    ProgressRing {
        anchors.fill: parent
        color: mirror.ringColor
        part: mirror.filled
        middle: 2 * Theme.mm
        thin: 1.5 * Theme.mm
        thick: 3.6 * Theme.mm
    }

    Rectangle {
        anchors { horizontalCenter: parent.horizontalCenter; verticalCenter: parent.bottom; verticalCenterOffset: -10 * Theme.mm }
        width: 30 * Theme.mm
        height: width
        radius: width / 2
        visible: mirror.settled
        color: Theme.paper

        Picture {
            anchors { fill: parent; margins: 2 * Theme.mm }
            name: "Tick"
            ink: mirror.ringColor
        }
    }
}
