// What a visitor is told before the camera starts (RULES 6).
import QtQuick
import QtQuick.Layouts

Rectangle {
    id: notice

    required property var view

    radius: Theme.radius
    color: Theme.white
    implicitHeight: lines.implicitHeight + 2 * Theme.gap

    ColumnLayout {
        id: lines

        anchors { fill: parent; margins: Theme.gap }
        spacing: 2 * Theme.mm

        Repeater {
            model: notice.view.notice

            RowLayout {
                id: line

                required property var modelData

                Layout.fillWidth: true
                Layout.fillHeight: true
                spacing: Theme.gap

                Words {
                    Layout.preferredWidth: 40 * Theme.mm
                    Layout.alignment: Qt.AlignTop
                    text: line.modelData.label
                    color: Theme.earth
                    font { bold: true; pixelSize: Theme.body }
                }

                Words {
                    Layout.fillWidth: true
                    Layout.alignment: Qt.AlignTop
                    text: line.modelData.text
                    font.pixelSize: Theme.body
                }
            }
        }
    }
}
