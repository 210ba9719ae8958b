// The lane as staff see it: who needs them now, who waits, what is wrong, and what they may do about it.
import QtQuick
import QtQuick.Layouts
import ".."

Rectangle {
    id: panel

    required property QtObject staff
    readonly property var view: staff.view
    readonly property var words: staff.words
    readonly property bool wide: width > height
    // The visit whose reasons are chosen from: "" for nobody's, null while none are.
    property var admitting: null
    readonly property var caller: view.callers.find(caller => caller.code === admitting) ?? null

    color: Theme.paper

    // What lies below is the visitor's.
    MouseArea { anchors.fill: parent }

    Rectangle {
        id: top

        anchors { left: parent.left; right: parent.right; top: parent.top }
        height: topLine.implicitHeight + 2 * Theme.gap
        color: ({ "go": Theme.pine, "staff": Theme.indigo, "off": Theme.earth })[panel.view.tone] ?? Theme.ink

        RowLayout {
            id: topLine

            anchors { left: parent.left; right: parent.right; verticalCenter: parent.verticalCenter; margins: Theme.gap }
            spacing: Theme.gap

            ColumnLayout {
                Layout.fillWidth: true
                spacing: 0

                Words {
                    Layout.fillWidth: true
                    text: panel.view.lane
                    color: Theme.white
                    font { bold: true; pixelSize: Theme.lead }
                }

                Words {
                    Layout.fillWidth: true
                    text: panel.view.list_age
                    color: Theme.white
                    font.pixelSize: Theme.small
                }
            }

            StaffButton {
                objectName: "staffLanguage"
                ink: Theme.ink
                text: panel.words.language
                onClicked: panel.staff.change_language()
            }

            StaffButton {
                objectName: "close"
                visible: panel.staff.is_open
                ink: Theme.ink
                text: panel.staff.is_always_shown ? panel.words.lock : panel.words.close
                onClicked: panel.staff.close()
            }
        }
    }

    Flickable {
        id: middle

        anchors { left: parent.left; right: parent.right; top: top.bottom; bottom: acts.top; margins: Theme.gap }
        contentHeight: columns.implicitHeight
        clip: true
        boundsBehavior: Flickable.StopAtBounds

        GridLayout {
            id: columns

            width: middle.width
            columns: panel.wide ? 2 : 1
            columnSpacing: 2 * Theme.gap
            rowSpacing: 2 * Theme.gap

            ColumnLayout {
                Layout.fillWidth: true
                Layout.preferredWidth: 3
                Layout.alignment: Qt.AlignTop
                spacing: 3 * Theme.mm

                Rectangle {
                    Layout.fillWidth: true
                    implicitHeight: now.implicitHeight + 2 * Theme.gap
                    visible: panel.view.code !== ""
                    radius: Theme.radius
                    color: Theme.white
                    border { color: Theme.indigo; width: 1.2 * Theme.mm }

                    ColumnLayout {
                        id: now

                        anchors { left: parent.left; right: parent.right; verticalCenter: parent.verticalCenter; margins: Theme.gap }
                        spacing: 2 * Theme.mm

                        Words {
                            Layout.fillWidth: true
                            text: panel.words.now + "  " + panel.view.code
                            color: Theme.indigo
                            font { bold: true; pixelSize: Theme.body }
                        }

                        Words {
                            objectName: "why"
                            Layout.fillWidth: true
                            text: panel.view.why
                            font { bold: true; pixelSize: Theme.lead }
                        }

                        Words {
                            Layout.fillWidth: true
                            text: panel.view.what_to_do
                            font.pixelSize: Theme.body
                        }
                    }
                }

                Words {
                    Layout.fillWidth: true
                    text: panel.view.callers.length > 0 ? panel.words.waiting + "  " + panel.view.callers.length : panel.words.nobody
                    font { bold: true; pixelSize: Theme.body }
                }

                Repeater {
                    model: panel.view.callers

                    Rectangle {
                        id: call

                        required property var modelData

                        Layout.fillWidth: true
                        implicitHeight: callLine.implicitHeight + 2 * Theme.gap
                        radius: Theme.radius
                        color: Theme.white
                        border { color: Theme.wall; width: 0.6 * Theme.mm }

                        ColumnLayout {
                            id: callLine

                            anchors { left: parent.left; right: parent.right; verticalCenter: parent.verticalCenter; margins: Theme.gap }
                            spacing: 3 * Theme.mm

                            RowLayout {
                                Layout.fillWidth: true
                                spacing: Theme.gap

                                Words {
                                    text: call.modelData.code
                                    color: Theme.indigo
                                    wrapMode: Text.NoWrap
                                    font { bold: true; pixelSize: Theme.lead }
                                }

                                Words {
                                    Layout.fillWidth: true
                                    text: call.modelData.why
                                    font { bold: true; pixelSize: Theme.small }
                                }
                            }

                            Words {
                                Layout.fillWidth: true
                                visible: panel.view.code !== call.modelData.code
                                text: call.modelData.what_to_do
                                font.pixelSize: Theme.small
                            }

                            RowLayout {
                                Layout.fillWidth: true
                                visible: panel.staff.is_open
                                spacing: 3 * Theme.mm
                                uniformCellSizes: true

                                StaffButton {
                                    objectName: "admit-" + call.modelData.code
                                    Layout.fillWidth: true
                                    ink: Theme.pine
                                    text: panel.words.admit
                                    onClicked: panel.admitting = call.modelData.code
                                }

                                StaffButton {
                                    objectName: "dismiss-" + call.modelData.code
                                    Layout.fillWidth: true
                                    ink: Theme.ink
                                    text: panel.words.dismiss
                                    onClicked: panel.staff.dismiss(call.modelData.code)
                                }
                            }
                        }
                    }
                }
            }

            ColumnLayout {
                Layout.fillWidth: true
                Layout.preferredWidth: 2
                Layout.alignment: Qt.AlignTop
                spacing: 3 * Theme.mm

                Words {
                    Layout.fillWidth: true
                    text: panel.view.faults.length > 0 ? panel.words.faults + "  " + panel.view.faults.length : "✓  " + panel.words.no_faults
                    color: panel.view.faults.length > 0 ? Theme.earth : Theme.pine
                    font { bold: true; pixelSize: Theme.body }
                }

                Repeater {
                    model: panel.view.faults

                    RowLayout {
                        id: fault

                        required property var modelData

                        Layout.fillWidth: true
                        spacing: 3 * Theme.mm

                        Words {
                            Layout.alignment: Qt.AlignTop
                            text: fault.modelData.stops ? "✕" : "!"
                            color: Theme.earth
                            font { bold: true; pixelSize: Theme.body }
                        }

                        ColumnLayout {
                            Layout.fillWidth: true
                            spacing: 0

                            Words {
                                Layout.fillWidth: true
                                text: fault.modelData.text
                                font.pixelSize: Theme.small
                            }

                            Words {
                                Layout.fillWidth: true
                                text: fault.modelData.code
                                color: Theme.inkSoft
                                font.pixelSize: Theme.small
                            }
                        }
                    }
                }
            }
        }
    }

    Item {
        id: acts

        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: Theme.gap }
        height: grid.implicitHeight

        GridLayout {
            id: grid

            anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
            columns: panel.wide ? (panel.view.is_paused ? 5 : 4) : 2
            columnSpacing: 4 * Theme.mm
            rowSpacing: 4 * Theme.mm
            uniformCellWidths: true

            StaffButton {
                objectName: "unlock"
                Layout.fillWidth: true
                Layout.columnSpan: grid.columns
                visible: !panel.staff.is_open
                strong: true
                text: panel.words.unlock
                onClicked: panel.staff.ask()
            }

            StaffButton {
                objectName: "admitOther"
                Layout.fillWidth: true
                visible: panel.staff.is_open
                ink: Theme.pine
                text: panel.words.admit_other
                onClicked: panel.admitting = ""
            }

            StaffButton {
                objectName: "pause"
                Layout.fillWidth: true
                visible: panel.staff.is_open
                strong: panel.view.is_paused
                text: panel.view.is_paused ? panel.words.resume : panel.words.pause
                onClicked: panel.staff.pause()
            }

            StaffButton {
                objectName: "callColleague"
                Layout.fillWidth: true
                visible: panel.staff.is_open
                ink: Theme.indigo
                text: called.running ? panel.words.called : panel.words.call
                onClicked: { called.restart(); panel.staff.call_colleague() }

                Timer { id: called; interval: 5000 }
            }

            StaffButton {
                objectName: "restart"
                Layout.fillWidth: true
                visible: panel.staff.is_open
                ink: Theme.ink
                strong: sure.running
                text: sure.running ? panel.words.restart_again : panel.words.restart
                onClicked: sure.running ? panel.staff.restart() : sure.restart()

                Timer { id: sure; interval: 5000 }
            }

            StaffButton {
                objectName: "setUp"
                Layout.fillWidth: true
                visible: panel.staff.is_open && panel.view.is_paused
                ink: Theme.ink
                text: panel.words.set_up
                onClicked: panel.staff.set_up()
            }
        }
    }

    Rectangle {
        anchors.fill: parent
        visible: reasons.visible || pad.visible
        color: Theme.ink
        opacity: 0.6

        MouseArea { anchors.fill: parent }
    }

    Reasons {
        id: reasons

        anchors.centerIn: parent
        width: Math.min(parent.width - 4 * Theme.gap, 150 * Theme.mm)
        visible: panel.staff.is_open && panel.admitting !== null && (panel.admitting === "" || panel.caller !== null)
        staff: panel.staff
        caller: panel.caller
        onDone: panel.admitting = null
    }

    PinPad {
        id: pad

        anchors.centerIn: parent
        visible: panel.staff.is_always_shown && panel.staff.is_asking
        staff: panel.staff
    }

    Connections {
        target: panel.staff
        function onChanged() {
            if (!panel.staff.is_open) panel.admitting = null
        }
    }
}
