// Every language by its own name, in its own script; one touch chooses. It stands above the actions, within reach.
import QtQuick
import QtQuick.Layouts

Item {
    id: list

    required property var view
    required property bool portrait
    required property real headerHeight

    signal chosen(string language)
    signal closed

    readonly property int columns: portrait ? 2 : 3
    readonly property real room: height - headerHeight
    readonly property int rows: Math.ceil(view.languages.length / columns)

    // Behind it nothing can be touched by mistake; a touch there closes the list.
    Rectangle {
        anchors.fill: parent
        color: Theme.paper

        MouseArea {
            anchors.fill: parent
            onClicked: list.closed()
        }
    }

    GridLayout {
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; leftMargin: Theme.margin; rightMargin: Theme.margin }
        columns: list.columns
        rowSpacing: 4 * Theme.mm
        columnSpacing: 5 * Theme.mm
        uniformCellWidths: true

        Picture {
            Layout.columnSpan: list.columns
            Layout.alignment: Qt.AlignHCenter
            Layout.preferredWidth: 30 * Theme.mm
            Layout.preferredHeight: 30 * Theme.mm
            Layout.bottomMargin: Theme.gap
            visible: list.room > (list.rows * 30 + 40) * Theme.mm
            name: "Globe"
        }

        Repeater {
            model: list.view.languages.length   // not the languages, or nine buttons would be made anew with every view

            ActionButton {
                required property int index
                readonly property var offered: list.view.languages[index]

                objectName: "language-" + offered.language
                implicitHeight: Math.min(26 * Theme.mm, (list.room - (list.rows - 1) * 4 * Theme.mm) / list.rows)
                Layout.fillWidth: true
                urgent: offered.chosen
                text: offered.own_name
                picture: offered.chosen ? "Tick" : ""
                onClicked: list.chosen(offered.language)
            }
        }
    }
}
