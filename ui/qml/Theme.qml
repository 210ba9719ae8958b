// Colours and sizes of every screen. Sizes are millimetres on the panel: a person reads and touches, not a pixel.
pragma Singleton
import QtQuick

QtObject {
    // Pixels of one layout millimetre. Main.qml sets it from the panel.
    property real mm: 4.03

    // The hall: lime-washed walls, slate roofs; the red earth around it; pine woods; the indigo cloth of the Hakka.
    readonly property color paper: "#F8F5EF"
    readonly property color white: "#FFFFFF"
    readonly property color wall: "#E8E1D5"
    readonly property color slate: "#6F6A66"
    readonly property color ink: "#241E1B"
    readonly property color inkSoft: "#49413C"
    readonly property color earth: "#8C2B1C"
    readonly property color earthPale: "#F1DFD3"
    readonly property color pine: "#1B5A44"
    readonly property color indigo: "#24466B"

    // Heights of an em. The capitals of Noto Sans CJK are 0.733 em, so 6.8 mm gives the 4.98 mm of a smallest text
    // (ADA 707.7.2 asks for 4.8), and 35 mm gives capitals of 25.7 mm, to be read at 3 m.
    readonly property real small: 6.8 * mm
    readonly property real body: 8 * mm
    readonly property real lead: 10.5 * mm
    readonly property real title: 20 * mm
    readonly property real verdict: 35 * mm

    readonly property real gap: 6 * mm
    readonly property real margin: 14 * mm
    readonly property real radius: 4 * mm

    // Each language has its own cut of the characters that it shares with others. Main.qml sets it from the view.
    property string family: Qt.application.font.family
    readonly property string serif: "Noto Serif CJK SC"
}
