// One act of staff: by touch, by mouse, or by Tab and Space.
import QtQuick
import QtQuick.Templates as T
import ".."

T.AbstractButton {
    id: button

    property bool strong: false
    property color ink: Theme.earth

    implicitHeight: Math.max(20 * Theme.mm, label.implicitHeight + 6 * Theme.mm)
    implicitWidth: Math.max(20 * Theme.mm, label.implicitWidth + 2 * Theme.gap)
    focusPolicy: Qt.StrongFocus
    Accessible.name: text
    Keys.onReturnPressed: click()
    Keys.onEnterPressed: click()

    background: Rectangle {
        readonly property bool filled: button.strong !== button.down

        radius: Theme.radius
        color: filled ? button.ink : Theme.white
        border { color: button.ink; width: (button.visualFocus ? 1.8 : 0.7) * Theme.mm }
    }

    contentItem: Words {
        id: label

        text: button.text
        color: button.strong !== button.down ? Theme.white : button.ink
        horizontalAlignment: Text.AlignHCenter
        wrapMode: button.width > 0 ? Text.Wrap : Text.NoWrap
        font { bold: true; pixelSize: Theme.small }
    }
}
