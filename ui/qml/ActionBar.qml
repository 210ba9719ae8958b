// What a visitor can touch, on every screen, in one place, within a seated person's reach.
//
// Two ways of one size stand beside one another: what to do with the card (or "more time", while that is asked), and
// the staffed lane. Under them, or beside them on a lying panel, is what a visitor may change for themselves.
import QtQuick
import QtQuick.Layouts

Item {
    id: bar

    required property var view
    required property var choices
    required property bool portrait
    // Whether the panel reaches higher than a seated person does.
    required property bool canBeLow

    signal staffedLaneChosen
    signal moreTimeWanted
    signal languagesOpened
    signal largerChosen
    signal lowerChosen
    signal stillChosen

    implicitHeight: (portrait ? 92 : 62) * Theme.mm

    Rectangle {
        anchors.fill: parent
        color: Theme.paper
    }

    GridLayout {
        anchors {
            fill: parent
            leftMargin: Theme.margin
            rightMargin: Theme.margin
            topMargin: Theme.gap
            bottomMargin: (bar.portrait ? 9 : 6) * Theme.mm
        }
        columns: bar.portrait ? 1 : 2
        rowSpacing: 5 * Theme.mm
        columnSpacing: 5 * Theme.mm

        RowLayout {
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.preferredWidth: 5
            Layout.preferredHeight: 5
            spacing: 5 * Theme.mm
            uniformCellSizes: true

            Item {
                Layout.fillWidth: true
                Layout.fillHeight: true

                CardWay {
                    anchors.fill: parent
                    visible: !moreTime.visible && bar.view.card !== ""
                    act: bar.view.card
                    words: bar.view.card_words
                }

                ActionButton {
                    id: moreTime

                    objectName: "moreTime"
                    anchors.fill: parent
                    visible: bar.view.more_time !== ""
                    urgent: true
                    text: bar.view.more_time
                    note: bar.view.more_time_note
                    picture: "Clock"
                    onClicked: bar.moreTimeWanted()
                }
            }

            ActionButton {
                objectName: "staffedLane"
                Layout.fillWidth: true
                Layout.fillHeight: true
                text: bar.view.staffed_lane
                note: bar.view.staffed_lane_note
                picture: "Staff"
                onClicked: bar.staffedLaneChosen()
            }
        }

        GridLayout {
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.preferredWidth: 3
            Layout.preferredHeight: 3
            columns: bar.portrait ? 4 : 2
            rowSpacing: 4 * Theme.mm
            columnSpacing: 4 * Theme.mm
            uniformCellWidths: true
            uniformCellHeights: true

            ChoiceButton {
                objectName: "language"
                Layout.columnSpan: bar.canBeLow || bar.portrait ? 1 : 2
                text: bar.view.language_button
                picture: "Globe"
                upright: bar.portrait
                checked: bar.choices.choosing
                onClicked: bar.languagesOpened()
            }

            ChoiceButton {
                objectName: "larger"
                text: bar.view.larger
                picture: "Larger"
                upright: bar.portrait
                checked: bar.choices.large
                onClicked: bar.largerChosen()
            }

            ChoiceButton {
                objectName: "lower"
                visible: bar.canBeLow
                text: bar.view.lower
                picture: "Lower"
                upright: bar.portrait
                checked: bar.choices.low
                onClicked: bar.lowerChosen()
            }

            ChoiceButton {
                objectName: "still"
                text: bar.view.still
                picture: "Still"
                upright: bar.portrait
                checked: bar.choices.still
                onClicked: bar.stillChosen()
            }
        }
    }
}
