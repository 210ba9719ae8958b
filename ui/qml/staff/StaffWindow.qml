// The same panel on a screen of its own, at the desk beside the lane: always seen, and for acts the PIN.
import QtQuick
import ".."

Window {
    id: window

    required property QtObject staff

    color: Theme.paper
    flags: Qt.Window | Qt.FramelessWindowHint
    title: staff.words.title
    onClosing: close => close.accepted = false

    StaffPanel {
        anchors.fill: parent
        staff: window.staff
    }
}
