// Colours and sizes of every screen. Sizes are millimetres on the panel: a person reads and touches, not a pixel.
pragma Singleton
import QtQuick

QtObject {
    // Main.qml sets these from the panel, the site's file (ui.theme.Theme) and what the visitor chose.
    property real mm: 4.03   // pixels of one layout millimetre
    property var site: ({})
    property bool large: false
    property bool still: false

    readonly property color paper: site.paper ?? "#F8F5EF"
    readonly property color white: site.surface ?? "#FFFFFF"
    readonly property color wall: site.wall ?? "#E8E1D5"
    readonly property color slate: site.quiet ?? "#6F6A66"
    readonly property color ink: site.ink ?? "#241E1B"
    readonly property color inkSoft: site.ink_soft ?? "#49413C"
    readonly property color earthPale: site.accent_pale ?? "#F1DFD3"
    // One accent to a state: the red earth asks, the pine lets in, the indigo leads to staff.
    readonly property color earth: site.accent ?? "#8C2B1C"
    readonly property color pine: site.go ?? "#1B5A44"
    readonly property color indigo: site.staff ?? "#24466B"

    // Heights of an em. The capitals of Noto Sans CJK are 0.733 em, so 6.8 mm gives the 4.98 mm of a smallest text
    // (ADA 707.7.2 asks for 4.8), and 35 mm gives capitals of 25.7 mm, to be read at 3 m. Large text is a quarter larger.
    readonly property real grown: large ? 1.25 : 1
    readonly property real small: 6.8 * mm * grown
    readonly property real body: 8 * mm * grown
    readonly property real lead: 10.5 * mm * grown
    readonly property real title: 20 * mm * (large ? 1.15 : 1)
    readonly property real verdict: 35 * mm
    readonly property real leastVerdict: 0.978   // 25.1 mm

    // Noto Sans CJK stands 1.45 em apart by itself; 1.3 are asked for (MIIT's rules for the elderly), 1.35 are given.
    readonly property real tight: 0.93

    readonly property real gap: 6 * mm
    readonly property real margin: 14 * mm
    readonly property real radius: 4 * mm

    // Each language has its own cut of the characters that it shares with others. Main.qml sets it from the view.
    property string family: Qt.application.font.family
    readonly property string serif: site.serif ?? "Noto Serif CJK SC"
}
