// What a referred visitor takes to staff. It names no one.
import QtQuick
import QtQuick.Layouts

Rectangle {
    id: slip

    required property var view

    radius: Theme.radius
    color: Theme.paper
    implicitHeight: lines.implicitHeight + 2 * Theme.gap

    ColumnLayout {
        id: lines

        anchors { fill: parent; margins: Theme.gap; leftMargin: 2 * Theme.gap; rightMargin: 2 * Theme.gap }
        spacing: 2 * Theme.mm

        Words {
            Layout.fillWidth: true
            text: slip.view.slip_reason
            font.pixelSize: Theme.body
        }

        RowLayout {
            Layout.fillWidth: true
            spacing: Theme.gap

            Words {
                Layout.fillWidth: true
                text: slip.view.slip_label
                font.pixelSize: Theme.body
            }

            Words {
                text: slip.view.slip_code
                color: Theme.indigo
                font { bold: true; pixelSize: Theme.title; letterSpacing: 1.5 * Theme.mm }
            }
        }

        Words {
            Layout.fillWidth: true
            text: slip.view.complaint
            color: Theme.inkSoft
            font.pixelSize: Theme.small
        }
    }
}
