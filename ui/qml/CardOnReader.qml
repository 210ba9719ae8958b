// A card on its way to this site's reader, or from it, in 100 x 100 units: laid on a plate, seen from above and turned to
// where the plate is; or put into a slot, seen from the front.
import QtQuick
import QtQuick.Shapes

Item {
    id: scene

    // "LayCard", "TakeCard" or "CardLies".
    required property string act
    required property bool lively
    required property color ink
    required property color ground

    readonly property bool lifting: act === "TakeCard"
    readonly property bool slot: Theme.site.reader_kind === "slot"
    readonly property real lying: slot ? 30 : 48
    readonly property real away: 2
    // Where it stops when nothing moves: on its way, so that both reader and card are seen.
    readonly property real resting: slot ? 18 : 24
    // Apart from the place itself: an animation that ends leaves its value where it was.
    property real moved: away

    width: 100
    height: 100
    // A card at rest needs no room above it to come from.
    y: act !== "CardLies" ? 0 : slot ? -14 : -19
    rotation: slot ? 0 : ({ left: 90, right: -90 })[Theme.site.reader] ?? 0

    // The plate.
    Shape {
        visible: !scene.slot

        Stroke { width: 4; color: scene.ink; svg: "M13 42 L87 42 Q94 42 94 49 L94 89 Q94 96 87 96 L13 96 Q6 96 6 89 L6 49 Q6 42 13 42 Z" }
        Stroke { width: 3; color: scene.ink; svg: "M44 78 Q50 73 56 78 M38 72 Q50 62 62 72" }
    }

    // Which way it goes is seen without motion, too.
    Shape {
        visible: scene.act !== "CardLies"

        Stroke { width: 5; color: scene.ink; svg: scene.lifting ? "M92 36 L92 6 M83 15 L92 5 L101 15" : "M92 4 L92 34 M83 25 L92 35 L101 25" }
    }

    // The card, on its side or upright.
    Shape {
        x: scene.slot ? 32 : 12
        y: scene.act === "CardLies" ? scene.lying : scene.lively ? scene.moved : scene.resting

        ShapePath {
            strokeColor: scene.ink
            strokeWidth: 4
            fillColor: scene.ground
            joinStyle: ShapePath.RoundJoin
            PathSvg {
                path: scene.slot ? "M5 2 L31 2 Q34 2 34 5 L34 47 Q34 50 31 50 L5 50 Q2 50 2 47 L2 5 Q2 2 5 2 Z"
                                 : "M5 2 L59 2 Q62 2 62 5 L62 37 Q62 40 59 40 L5 40 Q2 40 2 37 L2 5 Q2 2 5 2 Z"
            }
        }
        Stroke { width: 4; color: scene.ink; svg: scene.slot ? "M10 28 L26 28 M10 36 L26 36" : "M11 13 L30 13 M11 21 L30 21 M11 29 L23 29" }
        Fill { color: scene.ink; svg: scene.slot ? "M10 9 L26 9 L26 21 L10 21 Z" : "M40 11 L53 11 L53 30 L40 30 Z" }
    }

    // The slot covers what is in it.
    Shape {
        visible: scene.slot

        ShapePath {
            strokeColor: scene.ink
            strokeWidth: 4
            fillColor: scene.ground
            joinStyle: ShapePath.RoundJoin
            PathSvg { path: "M13 60 L87 60 Q94 60 94 67 L94 89 Q94 96 87 96 L13 96 Q6 96 6 89 L6 67 Q6 60 13 60 Z" }
        }
        Stroke { width: 7; color: scene.ink; svg: "M26 61 L74 61" }
        Stroke { width: 3; color: scene.ink; svg: "M44 86 Q50 81 56 86 M38 80 Q50 70 62 80" }
    }

    SequentialAnimation on moved {
        running: scene.lively
        loops: Animation.Infinite

        PropertyAction { value: scene.lifting ? scene.lying : scene.away }
        PauseAnimation { duration: 600 }
        NumberAnimation { to: scene.lifting ? scene.away : scene.lying; duration: 1000; easing.type: Easing.InOutCubic }
        PauseAnimation { duration: 1500 }
    }
}
