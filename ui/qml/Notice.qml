// What a visitor is told before the camera starts (RULES 6).
import QtQuick
import QtQuick.Layouts

Rectangle {
    id: notice

    required property var view
    required property real size

    radius: Theme.radius
    color: Theme.white
    implicitHeight: lines.implicitHeight + 8 * Theme.mm

    ColumnLayout {
        id: lines

        anchors { fill: parent; margins: 4 * Theme.mm; leftMargin: Theme.gap; rightMargin: Theme.gap }
        spacing: 2 * Theme.mm

        Repeater {
            model: notice.view.notice

            RowLayout {
                id: line

                required property var modelData

                Layout.fillWidth: true
                Layout.fillHeight: true
                spacing: 3 * Theme.mm

                Words {
                    Layout.preferredWidth: 36 * Theme.mm * Theme.grown
                    Layout.alignment: Qt.AlignTop
                    text: line.modelData.label
                    color: Theme.earth
                    lineHeight: Theme.tight
                    font { bold: true; pixelSize: notice.size }
                }

                Words {
                    Layout.fillWidth: true
                    Layout.alignment: Qt.AlignTop
                    text: line.modelData.text
                    lineHeight: Theme.tight
                    font.pixelSize: notice.size
                }
            }
        }
    }
}
