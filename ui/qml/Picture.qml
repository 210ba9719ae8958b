// One of the drawings of ui.presenter.Picture, or of a button, in line and two colours.
import QtQuick
import QtQuick.Shapes

Drawing {
    id: picture

    required property string name
    property color ink: Theme.earth
    property color ground: Theme.white
    // Move, where the drawing can: a card that is laid down tells more than a card that lies.
    property bool lively: false

    // Only the drawing that is shown is made: a screen has two dozen pictures, and each could be any of a dozen drawings.
    Loader {
        sourceComponent: ({
            LayCard: card, TakeCard: card, CardLies: card, Look: look, Enter: enter, Tick: tick, Staff: staff,
            Globe: globe, NoCard: noCard, Clock: clock, Larger: larger, Lower: lower, Still: still, Arrow: arrow
        })[picture.name] ?? null
    }

    Component {
        id: card

        CardOnReader {
            act: picture.name
            lively: picture.lively && visible && !Theme.still
            ink: picture.ink
            ground: picture.ground
        }
    }

    Component {
        id: look

        Shape {
            Stroke { width: 5; color: picture.ink; svg: "M50 10 C26 10 20 32 20 50 C20 72 33 92 50 92 C67 92 80 72 80 50 C80 32 74 10 50 10 Z" }
            Stroke { width: 4; color: picture.ink; svg: "M40 66 Q50 74 60 66 M50 44 L50 56" }
            Stroke { width: 7; color: picture.ink; svg: "M38 42 L38 43 M62 42 L62 43" }
        }
    }

    Component {
        id: enter

        Shape {
            Fill { color: picture.ink; svg: "M4 30 Q14 29 22 20 L26 14 L74 14 L78 20 Q86 29 96 30 L96 34 L4 34 Z" }
            Stroke { width: 5; color: picture.ink; svg: "M16 34 L16 94 M84 34 L84 94 M6 94 L94 94" }
            Stroke { width: 6; color: picture.ink; svg: "M50 88 L50 50 M36 63 L50 49 L64 63" }
        }
    }

    Component {
        id: tick

        Shape {
            Stroke { width: 5; color: picture.ink; svg: "M50 5 A45 45 0 1 1 49.99 5 Z" }
            Stroke { width: 9; color: picture.ink; svg: "M29 52 L44 67 L72 36" }
        }
    }

    Component {
        id: staff

        Shape {
            Stroke { width: 5; color: picture.ink; svg: "M50 12 A15 15 0 1 1 49.99 12 Z" }
            Stroke { width: 5; color: picture.ink; svg: "M22 66 C22 52 34 48 50 48 C66 48 78 52 78 66" }
            Stroke { width: 5; color: picture.ink; svg: "M8 66 L92 66 M16 66 L16 90 L84 90 L84 66" }
        }
    }

    Component {
        id: globe

        Shape {
            Stroke { width: 5; color: picture.ink; svg: "M50 10 A40 40 0 1 1 49.99 10 Z" }
            Stroke { width: 4; color: picture.ink; svg: "M10 50 L90 50 M50 10 C28 30 28 70 50 90 C72 70 72 30 50 10 M17 28 Q50 42 83 28 M17 72 Q50 58 83 72" }
        }
    }

    Component {
        id: noCard

        Shape {
            Stroke { width: 5; color: picture.ink; svg: "M12 28 L88 28 Q94 28 94 34 L94 70 Q94 76 88 76 L12 76 Q6 76 6 70 L6 34 Q6 28 12 28 Z M18 44 L44 44 M18 56 L36 56" }
            Stroke { width: 7; color: picture.ink; svg: "M16 92 L84 12" }
        }
    }

    Component {
        id: clock

        Shape {
            Stroke { width: 5; color: picture.ink; svg: "M50 8 A42 42 0 1 1 49.99 8 Z" }
            Stroke { width: 6; color: picture.ink; svg: "M50 24 L50 50 L68 62" }
        }
    }

    Component {
        id: larger

        Shape {
            Stroke { width: 5; color: picture.ink; svg: "M6 82 L18 46 L30 82 M10 70 L26 70" }
            Stroke { width: 8; color: picture.ink; svg: "M40 82 L66 14 L92 82 M49 60 L83 60" }
        }
    }

    Component {
        id: lower

        Shape {
            Stroke { width: 6; color: picture.ink; svg: "M50 8 L50 62 M28 42 L50 64 L72 42 M14 88 L86 88" }
        }
    }

    Component {
        id: still

        Shape {
            Stroke { width: 5; color: picture.ink; svg: "M50 8 A42 42 0 1 1 49.99 8 Z" }
            Stroke { width: 9; color: picture.ink; svg: "M39 34 L39 66 M61 34 L61 66" }
        }
    }

    Component {
        id: arrow

        Shape {
            Stroke { width: 9; color: picture.ink; svg: "M50 10 L50 86 M20 56 L50 88 L80 56" }
        }
    }
}
