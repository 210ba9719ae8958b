// The three steps, one after another, over and over: what to do here, without a word.
import QtQuick
import QtQuick.Layouts

RowLayout {
    id: steps

    required property var view
    property bool lively: false
    property int active: 0

    spacing: Theme.gap
    uniformCellSizes: true

    Timer {
        running: steps.lively && !Theme.still
        interval: 3100
        repeat: true
        onTriggered: steps.active = (steps.active + 1) % 3
    }

    Repeater {
        model: ["LayCard", "Look", "Enter"]

        Rectangle {
            id: tile

            required property int index
            required property string modelData
            // Where nothing moves, none is before the others.
            readonly property bool active: Theme.still || index === steps.active

            Layout.fillWidth: true
            Layout.fillHeight: true
            implicitHeight: 80 * Theme.mm
            radius: Theme.radius
            color: Theme.white
            border { color: active ? Theme.earth : Theme.wall; width: (active ? 1.6 : 0.6) * Theme.mm }

            Picture {
                anchors { fill: parent; margins: 8 * Theme.mm; bottomMargin: 24 * Theme.mm }
                name: tile.modelData
                ink: tile.active ? Theme.earth : Theme.slate
                lively: tile.active && steps.lively
            }

            RowLayout {
                anchors { bottom: parent.bottom; bottomMargin: 5 * Theme.mm; horizontalCenter: parent.horizontalCenter }
                spacing: 3 * Theme.mm

                Rectangle {
                    implicitWidth: 12 * Theme.mm
                    implicitHeight: implicitWidth
                    radius: width / 2
                    color: tile.active ? Theme.earth : Theme.white
                    border { color: tile.active ? Theme.earth : Theme.slate; width: 0.6 * Theme.mm }

                    Words {
                        anchors.centerIn: parent
                        text: tile.index + 1
                        color: tile.active ? Theme.white : Theme.ink
                        font { bold: true; pixelSize: 6.8 * Theme.mm }
                    }
                }

                Words {
                    Layout.maximumWidth: tile.width - 22 * Theme.mm
                    fontSizeMode: Text.HorizontalFit
                    minimumPixelSize: 6.8 * Theme.mm
                    text: steps.view.steps[tile.index]
                    color: tile.active ? Theme.earth : Theme.ink
                    font { bold: true; pixelSize: 10.5 * Theme.mm }
                }
            }
        }
    }
}
