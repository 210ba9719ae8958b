// The visitor looks into the camera and sees themselves; the card stays where it is.
import QtQuick
import QtQuick.Layouts

Item {
    id: page

    required property var view
    required property QtObject camera
    required property bool portrait

    readonly property bool holdStill: view.guidance === "hold-still"

    GridLayout {
        anchors { fill: parent; leftMargin: Theme.margin; rightMargin: Theme.margin }
        columns: page.portrait ? 1 : 2
        columnSpacing: 2 * Theme.gap
        rowSpacing: Theme.gap

        Item {
            id: stage

            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.preferredWidth: 1
            Layout.preferredHeight: 1

            Mirror {
                id: mirror

                anchors.centerIn: parent
                height: Math.min(parent.height - 2 * Theme.gap, parent.width * 1.2)
                width: height / 1.25
                camera: page.camera
                settled: page.holdStill
            }
        }

        ColumnLayout {
            Layout.fillWidth: true
            Layout.preferredWidth: 1
            Layout.alignment: Qt.AlignVCenter
            Layout.bottomMargin: Theme.gap
            spacing: Theme.gap

            StepLine {
                Layout.alignment: page.portrait ? Qt.AlignHCenter : Qt.AlignLeft
                view: page.view
            }

            Headline {
                Layout.fillWidth: true
                view: page.view
                centred: page.portrait
                color: page.holdStill ? Theme.pine : Theme.earth
            }
        }
    }
}
