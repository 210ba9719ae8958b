// Nobody is being served: whose gate this is, what to do, and what happens with what is read.
import QtQuick
import QtQuick.Layouts

Item {
    id: page

    required property var view
    required property bool portrait
    required property real headerHeight
    required property real bottomInset

    // With large text the words need the picture's room.
    readonly property real sceneHeight: Theme.large ? headerHeight : (portrait ? 82 : 42) * Theme.mm

    Scene {
        anchors { left: parent.left; right: parent.right; top: parent.top }
        height: page.sceneHeight
        visible: !Theme.large
        unit: (page.portrait ? 0.9 : 0.65) * Theme.mm
        shift: page.portrait ? 0 : (page.view.right_to_left ? -1 : 1) * width / 8
    }

    // What is left between the scene and the actions, and the least of it that the three steps take.
    readonly property real room: height - sceneHeight - 4 * Theme.mm - bottomInset
    readonly property real stepsHeight: 46 * Theme.mm

    GridLayout {
        anchors {
            fill: parent
            leftMargin: Theme.margin
            rightMargin: Theme.margin
            topMargin: page.sceneHeight + 4 * Theme.mm
            bottomMargin: page.bottomInset
        }
        columns: page.portrait ? 1 : 2
        columnSpacing: 2 * Theme.gap
        rowSpacing: Theme.gap
        uniformCellWidths: true

        ColumnLayout {
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.preferredHeight: 1
            spacing: 4 * Theme.mm

            Headline {
                id: headline

                Layout.fillWidth: true
                view: page.view
            }

            Steps {
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.minimumHeight: page.stepsHeight
                Layout.maximumHeight: 104 * Theme.mm
                view: page.view
                lively: page.visible
            }
        }

        Notice {
            Layout.fillWidth: true
            Layout.fillHeight: !page.portrait
            view: page.view
            largest: page.portrait ? 8 : 9.4
            room: page.room - (page.portrait ? headline.implicitHeight + page.stepsHeight + 4 * Theme.mm + Theme.gap : 0)
        }
    }
}
