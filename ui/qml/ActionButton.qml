// One action. It answers when the finger is lifted, however long it rested; sliding off first takes it back (WCAG 2.5.2).
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T

T.AbstractButton {
    id: button

    property string note
    property string picture

    Accessible.name: text

    background: Rectangle {
        radius: Theme.radius
        color: button.down ? Theme.earth : Theme.white
        border { color: Theme.earth; width: 0.9 * Theme.mm }
    }

    contentItem: RowLayout {
        spacing: Theme.gap

        Picture {
            Layout.leftMargin: Theme.gap
            Layout.preferredWidth: 24 * Theme.mm
            Layout.preferredHeight: 24 * Theme.mm
            name: button.picture
            ink: button.down ? Theme.white : Theme.earth
        }

        ColumnLayout {
            Layout.fillWidth: true
            spacing: 0

            Words {
                Layout.fillWidth: true
                text: button.text
                color: button.down ? Theme.white : Theme.earth
                font { bold: true; pixelSize: Theme.lead }
            }

            Words {
                Layout.fillWidth: true
                text: button.note
                color: button.down ? Theme.white : Theme.inkSoft
                font.pixelSize: Theme.small
            }
        }
    }
}
