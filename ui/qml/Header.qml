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
        spacing: Theme.gap

        Words {
            Layout.fillWidth: true
            text: header.view.title
            color: Theme.earth
            lineHeight: 0.9
            font { family: Theme.serif; bold: true; pixelSize: Theme.lead }
        }

        Words {
            visible: text !== ""
            text: header.view.staff_codes
            wrapMode: Text.NoWrap
            horizontalAlignment: Text.AlignRight
            font.pixelSize: Theme.small
        }
    }
}
