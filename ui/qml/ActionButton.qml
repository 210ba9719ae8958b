// One action. It answers when the finger is lifted, however long it rested; sliding off first takes it back (WCAG 2.5.2).
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T

T.AbstractButton {
    id: button

    property string note
    property string picture
    // What is asked for now stands out by a full ground, not by its colour alone.
    property bool urgent: false

    readonly property bool full: down !== urgent

    Accessible.name: text

    background: Rectangle {
        radius: Theme.radius
        color: button.full ? Theme.earth : Theme.white
        border { color: Theme.earth; width: 0.9 * Theme.mm }
    }

    contentItem: RowLayout {
        spacing: Theme.gap

        Picture {
            Layout.leftMargin: Theme.gap
            Layout.preferredWidth: 24 * Theme.mm
            Layout.preferredHeight: 24 * Theme.mm
            name: button.picture
            ink: button.full ? Theme.white : Theme.earth
            ground: button.full ? Theme.earth : Theme.white
        }

        ColumnLayout {
            Layout.fillWidth: true
            Layout.rightMargin: 3 * Theme.mm
            spacing: 0

            Words {
                Layout.fillWidth: true
                text: button.text
                color: button.full ? Theme.white : Theme.earth
                lineHeight: Theme.tight
                font { bold: true; pixelSize: Math.min(Theme.lead, 10.5 * Theme.mm) }
            }

            Words {
                Layout.fillWidth: true
                visible: text !== ""
                text: button.note
                color: button.full ? Theme.white : Theme.inkSoft
                lineHeight: Theme.tight
                font.pixelSize: 6.8 * Theme.mm
            }
        }
    }
}
