// What the card should do now, in the corner next to the reader: it is looked for there, not touched.
import QtQuick
import QtQuick.Layouts

Rectangle {
    id: way

    required property string act
    required property string words

    readonly property bool asks: act === "lay" || act === "take"

    radius: Theme.radius
    color: asks ? Theme.earthPale : Theme.wall

    RowLayout {
        anchors.fill: parent
        spacing: Theme.gap

        Picture {
            Layout.leftMargin: Theme.gap
            Layout.preferredWidth: 24 * Theme.mm
            Layout.preferredHeight: 24 * Theme.mm
            name: ({ lay: "LayCard", leave: "CardLies", take: "TakeCard", off: "NoCard" })[way.act] ?? ""
            lively: way.asks && way.visible
            ink: Theme.ink
            ground: way.color
        }

        Words {
            Layout.fillWidth: true
            Layout.rightMargin: 3 * Theme.mm
            text: way.words
            lineHeight: Theme.tight
            font { bold: true; pixelSize: Math.min(Theme.lead, 10.5 * Theme.mm) }
        }

        Picture {
            Layout.rightMargin: 3 * Theme.mm
            Layout.preferredWidth: 13 * Theme.mm
            Layout.preferredHeight: 13 * Theme.mm
            visible: way.act === "lay"
            name: "Arrow"
            rotation: ({ below: 0, left: 90, right: -90 })[Theme.site.reader] ?? 0
            ink: Theme.ink
        }
    }
}
