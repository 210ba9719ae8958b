// What to do, large; the same in a second language; and one sentence more.
import QtQuick
import QtQuick.Layouts

ColumnLayout {
    id: headline

    required property var view
    property bool centred: false
    property color color: Theme.earth

    readonly property int alignment: centred ? Text.AlignHCenter : Text.AlignLeft

    spacing: 1 * Theme.mm

    OneLine {
        Layout.fillWidth: true
        text: headline.view.headline
        color: headline.color
        horizontalAlignment: headline.alignment
        lineHeight: Theme.tight
        font.bold: true
        size: Theme.title
        room: headline.width
    }

    Words {
        Layout.fillWidth: true
        text: headline.view.second_headline
        color: headline.color
        horizontalAlignment: headline.alignment
        lineHeight: Theme.tight
        font { family: Qt.application.font.family; pixelSize: Theme.lead }
    }

    Words {
        Layout.fillWidth: true
        Layout.topMargin: 3 * Theme.mm
        text: headline.view.sentence
        horizontalAlignment: headline.alignment
        lineHeight: Theme.tight
        font.pixelSize: Theme.lead
    }
}
