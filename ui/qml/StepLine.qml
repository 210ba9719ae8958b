// Where in the three steps the visitor is.
import QtQuick
import QtQuick.Layouts

RowLayout {
    id: line

    required property var view

    spacing: 9 * Theme.mm

    Repeater {
        model: line.view.steps.length   // not the steps, or all would be made anew with every view

        RowLayout {
            id: step

            required property int index
            readonly property bool done: index + 1 < line.view.step
            readonly property bool active: index + 1 === line.view.step

            spacing: 3 * Theme.mm

            Rectangle {
                implicitWidth: 12 * Theme.mm
                implicitHeight: implicitWidth
                radius: width / 2
                color: step.active || step.done ? Theme.earth : Theme.white
                border { color: step.active || step.done ? Theme.earth : Theme.slate; width: 0.6 * Theme.mm }

                Words {
                    anchors.centerIn: parent
                    text: step.done ? "✓" : step.index + 1
                    color: step.active || step.done ? Theme.white : Theme.ink
                    font { bold: true; pixelSize: 6.8 * Theme.mm }
                }
            }

            Words {
                text: line.view.steps[step.index]
                color: step.active ? Theme.earth : Theme.ink
                font { bold: step.active; pixelSize: 8 * Theme.mm }
            }
        }
    }
}
