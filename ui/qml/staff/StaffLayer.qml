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

    // Pad and panel are made when they are asked for: what is not there reads no list's age while a visitor is served.
    Loader {
        anchors.centerIn: parent
        active: layer.staff.is_asking
        sourceComponent: PinPad { staff: layer.staff }
    }

    Loader {
        objectName: "staffPanel"
        anchors.fill: parent
        visible: active
        active: layer.staff.is_open
        sourceComponent: StaffPanel { staff: layer.staff }
    }
}
