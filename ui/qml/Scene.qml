// The site's own picture (ui/sites/*.svg, 890 x 90 units), its foot at the bottom and its middle in the middle.
import QtQuick

Item {
    id: scene

    property real unit: Theme.mm
    // How far to the reading's end from the middle it stands.
    property real shift: 0

    clip: true

    Rectangle {
        anchors.fill: parent
        gradient: Gradient {
            GradientStop { position: 0; color: Theme.paper }
            GradientStop { position: 1; color: Theme.earthPale }
        }
    }

    Image {
        anchors { horizontalCenter: parent.horizontalCenter; horizontalCenterOffset: scene.shift; bottom: parent.bottom }
        width: 890 * scene.unit
        height: 90 * scene.unit
        sourceSize: Qt.size(width, height)
        source: Theme.site.scene ?? ""
    }
}
