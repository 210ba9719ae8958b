// What a visitor can touch, on every screen, within a seated person's reach: two buttons alike.
import QtQuick

Item {
    id: bar

    required property var view
    required property bool portrait

    signal staffedLaneChosen
    signal languageChosen

    implicitHeight: (portrait ? 50 : 45) * Theme.mm

    Rectangle {
        anchors.fill: parent
        color: Theme.paper
    }

    Row {
        id: row

        readonly property real buttonWidth: (width - spacing) / 2

        anchors {
            fill: parent
            leftMargin: Theme.margin
            rightMargin: Theme.margin
            topMargin: Theme.gap
            bottomMargin: (bar.portrait ? 10 : 7) * Theme.mm
        }
        spacing: Theme.gap

        ActionButton {
            objectName: "staffedLane"
            width: row.buttonWidth
            height: row.height
            text: bar.view.staffed_lane
            note: bar.view.staffed_lane_note
            picture: "Staff"
            onClicked: bar.staffedLaneChosen()
        }

        ActionButton {
            objectName: "language"
            width: row.buttonWidth
            height: row.height
            text: bar.view.next_language
            note: bar.view.next_language_note
            picture: "Globe"
            onClicked: bar.languageChosen()
        }
    }
}
