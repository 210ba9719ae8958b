// Whose gate this is; and, for staff only, what is wrong with the machine.
import QtQuick
import QtQuick.Layouts

Item {
    id: header

    required property var view
    required property bool portrait

    implicitHeight: (portrait ? 30 : 24) * Theme.mm

    RowLayout {
        anchors { fill: parent; leftMargin: Theme.margin; rightMargin: Theme.margin }
        spacing: 4 * Theme.mm

        Image {
            Layout.preferredWidth: 15 * Theme.mm
            Layout.preferredHeight: 15 * Theme.mm
            sourceSize: Qt.size(15 * Theme.mm, 15 * Theme.mm)
            source: Theme.site.emblem ?? ""
        }

        // Lying, it ends before the hall, which stands to the reading's end of the middle (AttractPage.qml).
        OneLine {
            Layout.fillWidth: true
            text: header.view.title
            color: Theme.earth
            lineHeight: Theme.tight
            font { family: Theme.serif; bold: true }
            size: Math.min(Theme.lead, 10.5 * Theme.mm)
            least: header.portrait ? 1 : 0.65
            room: header.portrait ? header.width : header.width / 2 - Theme.margin - 19 * Theme.mm
        }

        Words {
            visible: text !== ""
            text: header.view.staff_codes
            wrapMode: Text.NoWrap
            horizontalAlignment: Text.AlignRight
            lineHeight: Theme.tight
            font.pixelSize: 6.8 * Theme.mm
        }
    }
}
