// How the visit ends, to be read from three metres: a calm ground, a picture, the verdict; then what to take along.
import QtQuick
import QtQuick.Layouts

Rectangle {
    id: page

    required property var view
    required property bool portrait

    // Lying, a verdict with a slip stands above both columns; without one it stands beside the picture.
    readonly property bool slipped: view.slip_code !== ""
    readonly property bool across: !portrait && slipped
    readonly property int alignment: portrait ? Text.AlignHCenter : Text.AlignLeft

    color: view.tone === "go" ? Theme.pine : Theme.indigo

    component Second: Words {
        Layout.fillWidth: true
        text: page.view.second_headline
        color: Theme.white
        horizontalAlignment: page.alignment
        lineHeight: Theme.tight
        font.pixelSize: page.slipped ? Theme.lead : Theme.title
    }

    component Sentence: Words {
        Layout.fillWidth: true
        text: page.view.sentence
        color: Theme.white
        horizontalAlignment: page.alignment
        lineHeight: Theme.tight
        font { bold: true; pixelSize: Theme.lead }
    }

    GridLayout {
        anchors {
            fill: parent
            leftMargin: Theme.margin
            rightMargin: Theme.margin
            topMargin: 4 * Theme.mm
            bottomMargin: (page.portrait ? 10 : 4) * Theme.mm
        }
        columnSpacing: 2 * Theme.gap
        rowSpacing: 4 * Theme.mm

        ColumnLayout {
            Layout.row: page.across ? 1 : 0
            Layout.column: 0
            Layout.rowSpan: page.portrait || page.across ? 1 : 2
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.preferredWidth: 2
            Layout.preferredHeight: 1
            spacing: 4 * Theme.mm

            Second { visible: page.across }
            Sentence { visible: page.across }

            Item {
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.maximumHeight: 150 * Theme.mm

                Picture {
                    anchors.fill: parent
                    // Where the words need its room it gives way: nothing is said by the picture alone.
                    visible: Math.min(width, height) >= 20 * Theme.mm
                    name: page.view.picture
                    ink: Theme.white
                    ground: page.color
                }
            }
        }

        OneLine {
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
            lineHeight: 0.9
            // A short verdict ("请进") has room to be larger still.
            font.bold: true
            size: Theme.verdict * (text.length <= 4 ? 1.6 : 1)
            least: Theme.leastVerdict
            room: (page.width - 2 * Theme.margin) * (page.portrait || page.across ? 1 : 0.57)
        }

        ColumnLayout {
            Layout.row: page.portrait ? 2 : 1
            Layout.column: page.portrait ? 0 : 1
            Layout.fillWidth: true
            Layout.preferredWidth: 3
            Layout.alignment: page.portrait ? Qt.AlignBottom : page.across ? Qt.AlignVCenter : Qt.AlignTop
            spacing: 4 * Theme.mm

            Second { visible: !page.across }
            Sentence { visible: !page.across }

            Slip {
                Layout.fillWidth: true
                Layout.topMargin: page.portrait ? 3 * Theme.mm : 0
                visible: page.slipped
                view: page.view
            }
        }
    }
}
