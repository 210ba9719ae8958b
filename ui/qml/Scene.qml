// The site's own picture (ui/sites/*.svg, 890 x 90 units), its foot at the bottom and its middle in the middle.
import QtQuick

Item {
    id: scene

    property real unit: Theme.mm
    // How far to the reading's end from the middle it should stand, and how far it can without leaving a side empty.
    property real shift: 0
    readonly property real slack: (picture.width - width) / 2

    clip: true

    Rectangle {
        anchors.fill: parent
        gradient: Gradient {
            GradientStop { position: 0; color: Theme.paper }
            GradientStop { position: 1; color: Theme.earthPale }
        }
    }

    Image {
        id: picture

        anchors { horizontalCenter: parent.horizontalCenter; bottom: parent.bottom }
        anchors.horizontalCenterOffset: Math.max(-scene.slack, Math.min(scene.slack, scene.shift))
        width: Math.max(890 * scene.unit, scene.width)
        height: width * 90 / 890
        sourceSize: Qt.size(width, height)
        source: Theme.site.scene ?? ""
    }
}
