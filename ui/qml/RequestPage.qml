// One thing to do, as a picture and in words.
import QtQuick
import QtQuick.Layouts

Item {
    id: page

    required property var view
    required property bool portrait

    GridLayout {
        anchors { fill: parent; leftMargin: Theme.margin; rightMargin: Theme.margin }
        columns: page.portrait ? 1 : 2
        columnSpacing: 2 * Theme.gap
        rowSpacing: 2 * Theme.gap

        Rectangle {
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.preferredWidth: 1
            Layout.preferredHeight: 1
            radius: Theme.radius
            color: Theme.white

            Picture {
                anchors.centerIn: parent
                width: Math.min(parent.width, parent.height) * 0.8
                height: width
                name: page.view.picture
                lively: page.visible
            }
        }

        ColumnLayout {
            Layout.fillWidth: true
            Layout.preferredWidth: 1
            Layout.alignment: Qt.AlignVCenter
            Layout.bottomMargin: page.portrait ? 10 * Theme.mm : 0
            spacing: 2 * Theme.gap

            StepLine {
                Layout.alignment: page.portrait ? Qt.AlignHCenter : Qt.AlignLeft
                visible: page.view.step > 0
                view: page.view
            }

            Headline {
                Layout.fillWidth: true
                view: page.view
                centred: page.portrait
            }
        }
    }
}
