// Something that visitors may change for themselves. What is chosen shows by a full ground and a tick.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T

T.AbstractButton {
    id: button

    property string picture
    property bool upright: false

    readonly property bool full: down !== checked

    Layout.fillWidth: true
    Layout.fillHeight: true
    Accessible.name: text

    background: Rectangle {
        radius: Theme.radius
        color: button.full ? Theme.earth : Theme.white
        border { color: Theme.earth; width: 0.6 * Theme.mm }
    }

    contentItem: GridLayout {
        columns: button.upright ? 1 : 2
        rowSpacing: 0
        columnSpacing: 3 * Theme.mm

        Picture {
            Layout.alignment: Qt.AlignHCenter | Qt.AlignVCenter
            Layout.leftMargin: button.upright ? 0 : 4 * Theme.mm
            Layout.topMargin: button.upright ? 1.5 * Theme.mm : 0
            Layout.preferredWidth: (button.upright ? 11 : 13) * Theme.mm
            Layout.preferredHeight: (button.upright ? 11 : 13) * Theme.mm
            name: button.checked && button.picture !== "Globe" ? "Tick" : button.picture
            ink: button.full ? Theme.white : Theme.earth
            ground: button.full ? Theme.earth : Theme.white
        }

        Words {
            Layout.fillWidth: true
            text: button.text
            color: button.full ? Theme.white : Theme.earth
            horizontalAlignment: button.upright ? Text.AlignHCenter : Text.AlignLeft
            lineHeight: Theme.tight
            font { bold: true; pixelSize: 6.8 * Theme.mm }
        }
    }
}
