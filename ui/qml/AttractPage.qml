// Nobody is being served: whose gate this is, what to do, and what happens with what is read.
import QtQuick
import QtQuick.Layouts

Item {
    id: page

    required property var view
    required property bool portrait
    required property real bottomInset

    Hall {
        anchors { left: parent.left; right: parent.right; top: parent.top }
        height: (page.portrait ? 92 : 56) * Theme.mm
        unit: (page.portrait ? 1 : 0.76) * Theme.mm
        shift: page.portrait ? 0 : width / 4
    }

    GridLayout {
        anchors {
            fill: parent
            leftMargin: Theme.margin
            rightMargin: Theme.margin
            topMargin: (page.portrait ? 96 : 60) * Theme.mm
            bottomMargin: page.bottomInset
        }
        columns: page.portrait ? 1 : 2
        columnSpacing: 2 * Theme.gap
        rowSpacing: Theme.gap
        uniformCellWidths: true

        ColumnLayout {
            Layout.fillWidth: true
            Layout.fillHeight: !page.portrait
            spacing: Theme.gap

            Headline {
                Layout.fillWidth: true
                view: page.view
            }

            Steps {
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.maximumHeight: 104 * Theme.mm
                view: page.view
                lively: page.visible
            }
        }

        Notice {
            Layout.fillWidth: true
            Layout.fillHeight: true
            view: page.view
        }
    }
}
