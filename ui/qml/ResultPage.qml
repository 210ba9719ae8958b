// How the visit ends, to be read from three metres: a calm ground, a picture, the verdict; then what to take along.
import QtQuick
import QtQuick.Layouts

Rectangle {
    id: page

    required property var view
    required property bool portrait

    // Lying, a verdict with a slip stands above both columns; without one it stands beside the picture.
    readonly property bool across: !portrait && view.slip_code !== ""
    readonly property int alignment: portrait ? Text.AlignHCenter : Text.AlignLeft

    color: view.tone === "go" ? Theme.pine : Theme.indigo

    GridLayout {
        anchors {
            fill: parent
            leftMargin: Theme.margin
            rightMargin: Theme.margin
            topMargin: Theme.gap
            bottomMargin: page.portrait ? Theme.margin : Theme.gap
        }
        columnSpacing: 2 * Theme.gap
        rowSpacing: Theme.gap

        Picture {
            Layout.row: page.across ? 1 : 0
            Layout.column: 0
            Layout.rowSpan: page.portrait || page.across ? 1 : 2
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.preferredWidth: 2
            Layout.preferredHeight: 1
            Layout.maximumHeight: 150 * Theme.mm
            name: page.view.picture
            ink: Theme.white
            ground: page.color
        }

        Words {
            objectName: "verdict"
            Layout.row: page.portrait ? 1 : 0
            Layout.column: page.portrait || page.across ? 0 : 1
            Layout.columnSpan: page.across ? 2 : 1
            Layout.fillWidth: true
            Layout.preferredWidth: 3
            Layout.alignment: Qt.AlignBottom
            text: page.view.headline
            color: Theme.white
            horizontalAlignment: page.alignment
            lineHeight: 0.85
            // A short verdict ("请进") has room to be larger still.
            font { bold: true; pixelSize: Theme.verdict * (text.length <= 4 ? 1.6 : 1) }
        }

        ColumnLayout {
            Layout.row: page.portrait ? 2 : 1
            Layout.column: page.portrait ? 0 : 1
            Layout.fillWidth: true
            Layout.preferredWidth: 3
            Layout.alignment: page.portrait ? Qt.AlignBottom : page.across ? Qt.AlignVCenter : Qt.AlignTop
            spacing: Theme.gap

            Words {
                Layout.fillWidth: true
                text: page.view.second_headline
                color: Theme.white
                horizontalAlignment: page.alignment
                font.pixelSize: (page.portrait ? 1 : 0.75) * Theme.title
            }

            Words {
                Layout.fillWidth: true
                text: page.view.sentence
                color: Theme.white
                horizontalAlignment: page.alignment
                font { bold: true; pixelSize: Theme.lead }
            }

            Slip {
                Layout.fillWidth: true
                visible: page.view.slip_code !== ""
                view: page.view
            }
        }
    }
}
