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

    // what stands behind a picture that is not there yet: a face to put one's own into
    Shape {
        anchors.fill: parent

        ShapePath {
            strokeWidth: -1
            fillColor: Theme.wall
            PathAngleArc {
                centerX: mirror.width / 2; centerY: mirror.height / 2
                radiusX: mirror.width / 2 - 6 * Theme.mm; radiusY: mirror.height / 2 - 6 * Theme.mm
                startAngle: 0; sweepAngle: 360
            }
        }
    }

    Picture {
        anchors { fill: parent; margins: parent.width * 0.22 }
        name: "Look"
        ink: Theme.slate
        ground: Theme.wall
    }

    CameraPreview {
        objectName: "preview"
        anchors { fill: parent; margins: 6 * Theme.mm }
        source: mirror.camera
    }

    Shape {
        anchors.fill: parent

        ShapePath {
            strokeColor: mirror.settled && mirror.filled === 1 ? "transparent" : mirror.ringColor
            strokeWidth: 1.5 * Theme.mm
            fillColor: "transparent"
            capStyle: ShapePath.FlatCap
            strokeStyle: ShapePath.DashLine
            dashPattern: [3, 3]
            PathAngleArc {
                centerX: mirror.width / 2; centerY: mirror.height / 2
                radiusX: mirror.width / 2 - 2 * Theme.mm; radiusY: mirror.height / 2 - 2 * Theme.mm
                startAngle: -90; sweepAngle: 360
            }
        }

        ShapePath {
            strokeColor: mirror.ringColor
            strokeWidth: 3.6 * Theme.mm
            fillColor: "transparent"
            capStyle: ShapePath.FlatCap
            PathAngleArc {
                centerX: mirror.width / 2; centerY: mirror.height / 2
                radiusX: mirror.width / 2 - 2 * Theme.mm; radiusY: mirror.height / 2 - 2 * Theme.mm
                startAngle: -90; sweepAngle: 360 * mirror.filled
            }
        }
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
