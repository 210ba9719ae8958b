// A text that should stand in one line: set smaller, down to `least` of its size, if that is what it takes. A text that is
// still too long is wrapped.
import QtQuick

Words {
    id: line

    required property real size
    property real least: 0.75
    // The width that it will have. A layout asks for a text's size before it gives it a width.
    required property real room

    readonly property real fitting: room / Math.max(1, metrics.advanceWidth)

    // A hair less than fits: hinting may widen a line as it shrinks.
    font.pixelSize: size * (fitting >= 1 ? 1 : fitting * 0.98 >= least ? fitting * 0.98 : Math.max(least, 0.8))

    TextMetrics {
        id: metrics

        text: line.text
        font { family: line.font.family; bold: line.font.bold; pixelSize: line.size }
    }
}
