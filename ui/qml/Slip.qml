// What a referred visitor takes to staff: a code, the reason's class, and where to complain. It names no one.
import QtQuick
import QtQuick.Layouts
import Hongtu

Rectangle {
    id: slip

    required property var view

    radius: Theme.radius
    color: Theme.white
    implicitHeight: whole.implicitHeight + 8 * Theme.mm

    RowLayout {
        id: whole

        anchors { fill: parent; margins: 4 * Theme.mm; leftMargin: Theme.gap }
        spacing: 4 * Theme.mm

        ColumnLayout {
            Layout.fillWidth: true
            spacing: 1 * Theme.mm

            Words {
                Layout.fillWidth: true
                text: slip.view.slip_reason
                lineHeight: Theme.tight
                font.pixelSize: Theme.body
            }

            Words {
                Layout.fillWidth: true
                text: slip.view.slip_label
                lineHeight: Theme.tight
                font.pixelSize: Theme.body
            }

            Words {
                Layout.fillWidth: true
                text: slip.view.slip_code
                color: Theme.indigo
                lineHeight: 0.9
                font { bold: true; pixelSize: Theme.title; letterSpacing: 1.5 * Theme.mm }
            }

            Words {
                Layout.fillWidth: true
                text: slip.view.complaint
                color: Theme.inkSoft
                lineHeight: Theme.tight
                font.pixelSize: Theme.small
            }
        }

        QrCode {
            objectName: "qr"
            Layout.preferredWidth: 52 * Theme.mm
            Layout.preferredHeight: 52 * Theme.mm
            content: slip.view.slip_link
        }
    }
}
