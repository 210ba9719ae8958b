// Why the gate is opened by hand: one touch on one reason opens it.
import QtQuick
import QtQuick.Layouts
import ".."

Rectangle {
    id: chooser

    required property QtObject staff
    // The caller, or null for somebody without a call.
    property var caller: null
    readonly property var from: caller !== null ? caller : staff.view

    signal done

    radius: Theme.radius
    color: Theme.paper
    border { color: Theme.slate; width: 0.6 * Theme.mm }
    implicitHeight: lines.implicitHeight + 2 * Theme.gap

    MouseArea { anchors.fill: parent }

    ColumnLayout {
        id: lines

        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.gap }
        spacing: 4 * Theme.mm

        Words {
            Layout.fillWidth: true
            text: chooser.caller !== null ? chooser.staff.words.admit + "  " + chooser.caller.code : chooser.staff.words.admit_other
            font { bold: true; pixelSize: Theme.lead }
        }

        Words {
            Layout.fillWidth: true
            text: chooser.from.choices.length === 0 ? chooser.staff.words.in_use
                : chooser.from.must_ask ? chooser.staff.words.first_ask : chooser.staff.words.why
            font.pixelSize: Theme.small
        }

        Repeater {
            model: chooser.from.choices

            StaffButton {
                required property var modelData

                objectName: "because-" + modelData.key
                Layout.fillWidth: true
                text: modelData.text
                ink: Theme.pine
                onClicked: {
                    chooser.staff.admit(chooser.caller !== null ? chooser.caller.code : "", modelData.key)
                    chooser.done()
                }
            }
        }

        StaffButton {
            objectName: "back"
            Layout.fillWidth: true
            text: chooser.staff.words.back
            onClicked: chooser.done()
        }
    }
}
