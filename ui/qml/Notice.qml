// What a visitor is told before the camera starts (RULES 6), as large as its room allows and never under the least size.
import QtQuick
import QtQuick.Layouts

Rectangle {
    id: notice

    required property var view
    // The height that it may take, and the largest size of its words.
    required property real room
    required property real largest

    readonly property real padding: 4 * Theme.mm
    readonly property real between: 2 * Theme.mm
    readonly property real aside: 4 * Theme.mm
    readonly property real size: [9.4, 8.6, 8, 7.4].filter(mm => mm <= largest).map(mm => mm * Theme.grown).concat(7.4).map(mm => mm * Theme.mm).find(size => heightAt(size) <= room) ?? 6.8 * Theme.mm

    radius: Theme.radius
    color: Theme.white
    implicitHeight: lines.implicitHeight + 2 * padding

    FontMetrics { id: plain; font { family: Theme.family; pixelSize: 100 } }
    FontMetrics { id: bold; font { family: Theme.family; bold: true; pixelSize: 100 } }

    // The labels' column is as wide as the longest of their words. (The font is read so that another one is measured anew:
    // what advanceWidth() depends on is not seen from outside.)
    function labelsWidth(size: real): real {
        const fonts = [plain.font.family, bold.font.family]
        const words = view.notice.map(note => note.label).join(" ").split(" ")
        return Math.max(0, ...words.map(word => bold.advanceWidth(word))) * size / 100 + Theme.mm
    }

    // How high the lines would be, a little on the safe side: a line is seldom filled to its end, and a line of few words least.
    function heightAt(size: real): real {
        const line = (Theme.large ? 1.52 : 1.42) * (view.right_to_left ? 1.15 : 1)   // Arabic letters come from a higher font
        const labels = labelsWidth(size)
        const texts = width - labels - aside - 2 * Theme.gap
        const lines = (metrics, text, room) => Math.ceil(metrics.advanceWidth(text) * size / 100 / room * (Theme.large ? 1.25 : 1.12))
        const heights = view.notice.map(note => Math.max(lines(bold, note.label, labels), lines(plain, note.text, texts)) * size * line)
        return heights.reduce((sum, height) => sum + height + between, 2 * padding)
    }

    ColumnLayout {
        id: lines

        anchors { fill: parent; margins: notice.padding; leftMargin: Theme.gap; rightMargin: Theme.gap }
        spacing: notice.between

        Repeater {
            model: notice.view.notice

            RowLayout {
                id: line

                required property var modelData

                Layout.fillWidth: true
                Layout.fillHeight: true
                spacing: notice.aside

                Words {
                    Layout.preferredWidth: notice.labelsWidth(notice.size)
                    Layout.alignment: Qt.AlignTop
                    text: line.modelData.label
                    color: Theme.earth
                    lineHeight: Theme.tight
                    font { bold: true; pixelSize: notice.size }
                }

                Words {
                    Layout.fillWidth: true
                    Layout.alignment: Qt.AlignTop
                    text: line.modelData.text
                    lineHeight: Theme.tight
                    font.pixelSize: notice.size
                }
            }
        }
    }
}
