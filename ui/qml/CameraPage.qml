// The visitor looks into the camera and sees themselves; the card stays where it is.
import QtQuick
import QtQuick.Layouts

Item {
    id: page

    required property var view
    required property QtObject camera
    required property bool portrait
    // The most that the picture may stand above the page's foot: a seated person looks into it, too.
    required property real reach
    required property bool low

    GridLayout {
        anchors { fill: parent; leftMargin: Theme.margin; rightMargin: Theme.margin }
        columns: page.portrait ? 1 : 2
        columnSpacing: 2 * Theme.gap
        rowSpacing: Theme.gap

        Item {
            id: stage

            Layout.row: page.portrait && page.low ? 1 : 0
            Layout.column: 0
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.preferredWidth: 1
            Layout.preferredHeight: 1
            Layout.maximumHeight: page.low ? page.reach : Number.POSITIVE_INFINITY
            Layout.alignment: Qt.AlignBottom

            Mirror {
                id: mirror

                anchors.centerIn: parent
                height: Math.min(parent.height - 2 * Theme.gap, parent.width * 1.2)
                width: height / 1.25
                camera: page.camera
                progress: page.view.progress
            }
        }

        ColumnLayout {
            Layout.row: page.portrait && !page.low ? 1 : 0
            Layout.column: page.portrait ? 0 : 1
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
                color: page.view.progress === 1 ? Theme.pine : Theme.earth
            }
        }
    }
}
