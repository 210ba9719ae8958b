// Text as it is set on every screen: wrapped at words, never shortened.
import QtQuick

Text {
    color: Theme.ink
    font { family: Theme.family; pixelSize: Theme.body }
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
    verticalAlignment: Text.AlignVCenter
}
