// Our own keys for the PIN: the screen knows how many digits there are, never which.
import QtQuick
import QtQuick.Layouts
import ".."

Rectangle {
    id: pad

    required property QtObject staff

    radius: Theme.radius
    color: Theme.paper
    border { color: Theme.slate; width: 0.6 * Theme.mm }
    implicitWidth: 92 * Theme.mm
    implicitHeight: lines.implicitHeight + 2 * Theme.gap
    focus: visible
    onVisibleChanged: if (visible) forceActiveFocus()

    Keys.onPressed: event => {
        if (event.key >= Qt.Key_0 && event.key <= Qt.Key_9) pad.staff.digit(String.fromCharCode(event.key))
        else if (event.key === Qt.Key_Backspace) pad.staff.erase()
        else if (event.key === Qt.Key_Return || event.key === Qt.Key_Enter) pad.staff.enter()
        else if (event.key === Qt.Key_Escape) pad.staff.close()
        else return
        event.accepted = true
    }

    ColumnLayout {
        id: lines

        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.gap }
        spacing: 4 * Theme.mm

        Words {
            Layout.fillWidth: true
            horizontalAlignment: Text.AlignHCenter
            text: pad.staff.words.pin
            font { bold: true; pixelSize: Theme.body }
        }

        Rectangle {
            Layout.fillWidth: true
            Layout.preferredHeight: 14 * Theme.mm
            radius: Theme.radius
            color: Theme.white
            border { color: Theme.slate; width: 0.4 * Theme.mm }

            Row {
                anchors.centerIn: parent
                spacing: 2.4 * Theme.mm

                Repeater {
                    model: pad.staff.typed

                    Rectangle {
                        width: 3.6 * Theme.mm
                        height: width
                        radius: width / 2
                        color: Theme.ink
                    }
                }
            }
        }

        Words {
            Layout.fillWidth: true
            Layout.minimumHeight: 2.6 * Theme.small
            horizontalAlignment: Text.AlignHCenter
            text: pad.staff.pin_note
            color: Theme.earth
            font { bold: true; pixelSize: Theme.small }
        }

        GridLayout {
            Layout.fillWidth: true
            columns: 3
            columnSpacing: 4 * Theme.mm
            rowSpacing: 4 * Theme.mm
            uniformCellWidths: true

            Repeater {
                model: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0", "✓"]

                StaffButton {
                    required property string modelData

                    objectName: "key" + modelData
                    Layout.fillWidth: true
                    Layout.preferredHeight: 20 * Theme.mm
                    focusPolicy: Qt.NoFocus
                    strong: modelData === "✓"
                    text: modelData
                    Accessible.name: modelData === "✓" ? pad.staff.words.enter : modelData === "⌫" ? pad.staff.words.erase : modelData
                    onClicked: {
                        if (modelData === "✓") pad.staff.enter()
                        else if (modelData === "⌫") pad.staff.erase()
                        else pad.staff.digit(modelData)
                    }
                }
            }
        }

        StaffButton {
            objectName: "closePad"
            Layout.fillWidth: true
            focusPolicy: Qt.NoFocus
            text: pad.staff.words.close
            onClicked: pad.staff.close()
        }
    }
}
