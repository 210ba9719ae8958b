// The visitor's window: the header above, one page, the actions below, always in the same place.
import QtQuick
import "staff"

Window {
    id: window

    required property QtObject visitor
    required property QtObject camera
    required property real pxPerMm
    property QtObject staff: null

    readonly property var view: visitor.view
    readonly property var choices: visitor.choices
    readonly property bool portrait: height >= width

    // The layouts are drawn for a panel with a short side of 268 mm (21.5 inches). On a larger one everything grows with it;
    // on a smaller one text and targets keep their millimetres.
    readonly property real mm: pxPerMm * Math.max(1, Math.min(width, height) / pxPerMm / 268)

    // A seated person reaches from 800 to 1,100 mm (EN 301 549); the panel's foot hangs at 800 (docs/installer.md).
    readonly property real reach: 300 * pxPerMm

    color: Theme.paper
    flags: Qt.Window | Qt.FramelessWindowHint
    title: view.title
    onClosing: close => close.accepted = false

    Binding { target: Theme; property: "mm"; value: window.mm }
    Binding { target: Theme; property: "site"; value: window.visitor.theme }
    Binding { target: Theme; property: "large"; value: window.choices.large }
    Binding { target: Theme; property: "still"; value: window.choices.still }
    Binding { target: Theme; property: "family"; value: window.view.font }

    Item {
        anchors.fill: parent
        LayoutMirroring.enabled: window.view.right_to_left
        LayoutMirroring.childrenInherit: true

        AttractPage {
            objectName: "AttractPage"
            anchors.fill: parent
            visible: window.view.page === objectName
            view: window.view
            portrait: window.portrait
            headerHeight: header.height
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
                low: window.choices.low
                reach: window.reach - actions.height
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

        LanguageList {
            anchors { left: parent.left; right: parent.right; top: parent.top; bottom: actions.top }
            headerHeight: header.height
            visible: window.choices.choosing
            view: window.view
            portrait: window.portrait
            onChosen: language => window.visitor.choose_language(language)
            onClosed: window.visitor.open_languages()
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
            choices: window.choices
            portrait: window.portrait
            canBeLow: window.height > window.reach + 1
            onStaffedLaneChosen: window.visitor.choose_staffed_lane()
            onMoreTimeWanted: window.visitor.want_more_time()
            onLanguagesOpened: window.visitor.open_languages()
            onLargerChosen: window.visitor.change_text_size()
            onLowerChosen: window.visitor.change_height()
            onStillChosen: window.visitor.change_motion()
        }
    }

    Loader {
        anchors.fill: parent
        active: window.staff !== null
        sourceComponent: StaffLayer { staff: window.staff }
    }
}
