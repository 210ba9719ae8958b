// A drawing in a square of 100 x 100 units, scaled to the item.
import QtQuick

Item {
    id: drawing

    default property alias strokes: sheet.data

    Item {
        id: sheet

        readonly property real scaling: Math.min(drawing.width, drawing.height) / 100

        width: 100
        height: 100
        x: (drawing.width - 100 * scaling) / 2
        y: (drawing.height - 100 * scaling) / 2
        scale: scaling
        transformOrigin: Item.TopLeft
    }
}
