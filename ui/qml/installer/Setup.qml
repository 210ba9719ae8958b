// The installer's screens, one step at a time: what to do, what was found, and the way on.
import QtQuick
import QtQuick.Layouts
import Hongtu
import ".."
import "../staff"

Window {
    id: window

    required property QtObject installer
    required property QtObject camera
    required property real pxPerMm
    readonly property var view: installer.view
    readonly property var words: installer.words
    readonly property bool wide: width > height

    color: Theme.paper
    flags: Qt.Window | Qt.FramelessWindowHint
    title: words.setup

    Binding { target: Theme; property: "mm"; value: window.pxPerMm }

    Rectangle {
        id: top

        anchors { left: parent.left; right: parent.right; top: parent.top }
        height: heading.implicitHeight + 2 * Theme.gap
        color: Theme.ink

        RowLayout {
            id: heading

            anchors { left: parent.left; right: parent.right; verticalCenter: parent.verticalCenter; margins: Theme.gap }
            spacing: Theme.gap

            ColumnLayout {
                Layout.fillWidth: true
                spacing: 0

                Words {
                    Layout.fillWidth: true
                    text: window.words.setup + "  " + window.view.at + " / " + window.view.of
                    color: Theme.white
                    font.pixelSize: Theme.small
                }

                Words {
                    objectName: "stepTitle"
                    Layout.fillWidth: true
                    text: window.view.title
                    color: Theme.white
                    font { bold: true; pixelSize: Theme.lead }
                }
            }

            StaffButton {
                objectName: "setupLanguage"
                ink: Theme.ink
                text: window.words.language
                onClicked: window.installer.change_language()
            }
        }
    }

    Flickable {
        id: middle

        anchors { left: parent.left; right: parent.right; top: top.bottom; bottom: acts.top; margins: Theme.gap }
        contentHeight: content.implicitHeight
        boundsBehavior: Flickable.StopAtBounds
        clip: true

        ColumnLayout {
            id: content

            width: middle.width
            spacing: Theme.gap

            Words {
                Layout.fillWidth: true
                text: window.view.note
                font.pixelSize: Theme.body
            }

            // what is typed, and our own keys
            Rectangle {
                Layout.fillWidth: true
                visible: keys.visible
                implicitHeight: 18 * Theme.mm
                radius: Theme.radius
                color: Theme.white
                border { color: Theme.slate; width: 0.4 * Theme.mm }

                Words {
                    objectName: "typed"
                    anchors { fill: parent; leftMargin: Theme.gap; rightMargin: Theme.gap }
                    text: window.view.typed
                    font { bold: true; pixelSize: Theme.body; letterSpacing: 0.5 * Theme.mm }
                }
            }

            GridLayout {
                id: keys

                readonly property bool letters: window.view.step === "enrol"

                Layout.fillWidth: true
                Layout.maximumWidth: letters ? 10000 : 120 * Theme.mm
                visible: letters || window.view.step === "pin"
                columns: !letters ? 3 : window.wide ? 12 : 8
                columnSpacing: 3.2 * Theme.mm
                rowSpacing: 3.2 * Theme.mm
                uniformCellWidths: true

                Repeater {
                    model: keys.letters ? "0123456789ABCDEFGHJKMNPQRSTVWXYZ".split("").concat(["⌫"]) : "123456789⌫0".split("")

                    StaffButton {
                        required property string modelData

                        objectName: "key" + modelData
                        Layout.fillWidth: true
                        Layout.preferredWidth: 20 * Theme.mm
                        Layout.preferredHeight: 20 * Theme.mm
                        ink: Theme.ink
                        text: modelData
                        onClicked: window.installer.key(modelData === "⌫" ? "" : modelData)
                    }
                }

                StaffButton {
                    objectName: "enter"
                    Layout.fillWidth: true
                    Layout.columnSpan: keys.letters ? (window.wide ? 3 : 7) : 1
                    Layout.preferredHeight: 20 * Theme.mm
                    strong: true
                    text: keys.letters ? window.words.send : window.words.save
                    onClicked: window.installer.enter()
                }
            }

            // the camera, and how good the place is for faces
            GridLayout {
                Layout.fillWidth: true
                visible: window.view.step === "camera"
                columns: window.wide ? 2 : 1
                columnSpacing: 2 * Theme.gap
                rowSpacing: Theme.gap

                CameraPreview {
                    Layout.preferredWidth: 90 * Theme.mm
                    Layout.preferredHeight: 120 * Theme.mm
                    Layout.alignment: Qt.AlignHCenter
                    source: window.camera
                }

                ColumnLayout {
                    Layout.fillWidth: true
                    spacing: Theme.gap

                    Words {
                        objectName: "guidance"
                        Layout.fillWidth: true
                        text: window.view.guidance
                        font { bold: true; pixelSize: Theme.body }
                    }

                    Repeater {
                        model: window.view.bars

                        RowLayout {
                            id: bar

                            required property var modelData

                            Layout.fillWidth: true
                            spacing: Theme.gap

                            Words {
                                Layout.preferredWidth: 44 * Theme.mm
                                text: (bar.modelData.well ? "✓ " : "✗ ") + bar.modelData.label
                                font { bold: true; pixelSize: Theme.small }
                            }

                            Rectangle {
                                Layout.fillWidth: true
                                implicitHeight: 10 * Theme.mm
                                color: Theme.white
                                border { color: Theme.slate; width: 0.4 * Theme.mm }

                                Rectangle {
                                    anchors { left: parent.left; top: parent.top; bottom: parent.bottom; margins: 0.8 * Theme.mm }
                                    width: (parent.width - 1.6 * Theme.mm) * bar.modelData.part
                                    color: bar.modelData.well ? Theme.pine : Theme.earth
                                }

                                Rectangle {
                                    anchors { horizontalCenter: parent.horizontalCenter; top: parent.top; bottom: parent.bottom }
                                    width: 0.8 * Theme.mm
                                    color: Theme.ink
                                }
                            }
                        }
                    }
                }
            }

            // a card's size: ISO/IEC 7810, ID-1
            ColumnLayout {
                Layout.fillWidth: true
                visible: window.view.step === "screen"
                spacing: Theme.gap

                Rectangle {
                    objectName: "cardFrame"
                    Layout.alignment: Qt.AlignHCenter
                    implicitWidth: window.view.card_px
                    implicitHeight: window.view.card_px * 53.98 / 85.60
                    radius: window.view.card_px * 3.18 / 85.60
                    color: Theme.earthPale
                    border { color: Theme.earth; width: 2 }

                    Words {
                        anchors.centerIn: parent
                        text: window.words.card + "\n" + window.view.px_per_mm.toFixed(3) + " px/mm"
                        horizontalAlignment: Text.AlignHCenter
                        font.pixelSize: Theme.small
                    }
                }

                RowLayout {
                    Layout.fillWidth: true
                    spacing: 4 * Theme.mm
                    uniformCellSizes: true

                    Repeater {
                        model: [-10, -1, 1, 10]

                        StaffButton {
                            required property int modelData

                            objectName: "resize" + modelData
                            Layout.fillWidth: true
                            ink: Theme.ink
                            text: (modelData > 0 ? window.words.larger : window.words.smaller) + (Math.abs(modelData) > 1 ? " ×10" : "")
                            onClicked: window.installer.resize(modelData)
                        }
                    }
                }

                StaffButton {
                    objectName: "saveSize"
                    Layout.fillWidth: true
                    strong: true
                    text: window.words.save
                    onClicked: window.installer.save_size()
                }
            }

            Repeater {
                model: window.view.step === "site" ? window.view.sites : []

                StaffButton {
                    required property string modelData

                    objectName: "site-" + modelData
                    Layout.fillWidth: true
                    strong: modelData === window.view.site
                    text: (modelData === window.view.site ? "✓  " : "") + modelData
                    onClicked: window.installer.choose_site(modelData)
                }
            }

            StaffButton {
                objectName: "test"
                Layout.fillWidth: true
                visible: window.view.has_test && window.view.step !== "enrol"
                strong: true
                text: window.view.busy ? window.words.testing : window.words.test
                onClicked: window.installer.test()
            }

            Words {
                Layout.fillWidth: true
                visible: window.view.busy
                text: window.words.testing
                font { bold: true; pixelSize: Theme.body }
            }

            Repeater {
                model: window.view.lines

                RowLayout {
                    id: line

                    required property var modelData

                    Layout.fillWidth: true
                    spacing: 3 * Theme.mm

                    Words {
                        Layout.alignment: Qt.AlignTop
                        text: line.modelData.well ? "✓" : "✗"
                        color: line.modelData.well ? Theme.pine : Theme.earth
                        font { bold: true; pixelSize: Theme.body }
                    }

                    Words {
                        Layout.fillWidth: true
                        text: line.modelData.text
                        font { bold: !line.modelData.well; pixelSize: Theme.small }
                    }
                }
            }
        }
    }

    RowLayout {
        id: acts

        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: Theme.gap }
        spacing: 4 * Theme.mm
        uniformCellSizes: true

        StaffButton {
            objectName: "setupBack"
            Layout.fillWidth: true
            ink: Theme.ink
            enabled: window.view.at > 1
            opacity: enabled ? 1 : 0.4
            text: window.words.back
            onClicked: window.installer.back()
        }

        StaffButton {
            objectName: "setupNext"
            Layout.fillWidth: true
            ink: Theme.ink
            strong: true
            text: window.view.at === window.view.of ? window.words.finish : window.words.next
            onClicked: window.installer.next()
        }
    }
}
