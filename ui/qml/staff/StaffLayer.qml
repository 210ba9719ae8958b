// Staff's way in from the visitor's screen: hold the corner at the top right for two seconds, then the PIN.
import QtQuick
import ".."

Item {
    id: layer

    required property QtObject staff

    MouseArea {
        objectName: "staffCorner"
        anchors { right: parent.right; top: parent.top }
        width: 26 * Theme.mm
        height: 22 * Theme.mm
        pressAndHoldInterval: 2000
        enabled: !layer.staff.is_open
        onPressAndHold: layer.staff.ask()
    }

    Shortcut {
        sequence: "Ctrl+Alt+P"
        onActivated: layer.staff.ask()
    }

    Rectangle {
        anchors.fill: parent
        visible: layer.staff.is_asking
        color: Theme.ink
        opacity: 0.6

        MouseArea { anchors.fill: parent }
    }

    PinPad {
        anchors.centerIn: parent
        visible: layer.staff.is_asking
        staff: layer.staff
    }

    StaffPanel {
        objectName: "staffPanel"
        anchors.fill: parent
        visible: layer.staff.is_open
        staff: layer.staff
    }
}
