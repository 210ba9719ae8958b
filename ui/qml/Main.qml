// The visitor's window: the header above, one page, the two actions below, always in the same place.
import QtQuick
import "staff"

Window {
    id: window

    required property QtObject visitor
    required property QtObject camera
    required property real pxPerMm
    property QtObject staff: null

    readonly property var view: visitor.view
    readonly property bool portrait: height >= width

    // The layouts are drawn for a panel with a short side of 268 mm (21.5 inches). On a larger one everything grows with it;
    // on a smaller one text and targets keep their millimetres.
    readonly property real mm: pxPerMm * Math.max(1, Math.min(width, height) / pxPerMm / 268)

    color: Theme.paper
    flags: Qt.Window | Qt.FramelessWindowHint
    title: view.title
    onClosing: close => close.accepted = false

    Binding {
        target: Theme
        property: "mm"
        value: window.mm
    }

    AttractPage {
        objectName: "AttractPage"
        anchors.fill: parent
        visible: window.view.page === objectName
        view: window.view
        portrait: window.portrait
        bottomInset: actions.height
    }

    Item {
        id: body

        anchors { left: parent.left; right: parent.right; top: header.bottom; bottom: actions.top }

        CameraPage {
            objectName: "CameraPage"
            anchors.fill: parent
            visible: window.view.page === objectName
            view: window.view
            camera: window.camera
            portrait: window.portrait
        }

        RequestPage {
            objectName: "RequestPage"
            anchors.fill: parent
            visible: window.view.page === objectName
            view: window.view
            portrait: window.portrait
        }

        ResultPage {
            objectName: "ResultPage"
            anchors.fill: parent
            visible: window.view.page === objectName
            view: window.view
            portrait: window.portrait
        }
    }

    Header {
        id: header

        anchors { left: parent.left; right: parent.right; top: parent.top }
        view: window.view
        portrait: window.portrait
    }

    ActionBar {
        id: actions

        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
        view: window.view
        portrait: window.portrait
        onStaffedLaneChosen: window.visitor.choose_staffed_lane()
        onLanguageChosen: window.visitor.change_language()
    }

    Loader {
        anchors.fill: parent
        active: window.staff !== null
        sourceComponent: StaffLayer { staff: window.staff }
    }
}
