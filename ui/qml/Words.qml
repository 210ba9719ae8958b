// Text as it is set on every screen: wrapped at words, never shortened.
import QtQuick

Text {
    color: Theme.ink
    font { family: Theme.family; pixelSize: Theme.body }
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
    verticalAlignment: Text.AlignVCenter
    // In a mirrored layout a text that is said to begin at the left begins at the right.
    horizontalAlignment: Text.AlignLeft
}
