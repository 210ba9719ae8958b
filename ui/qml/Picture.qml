// One of the drawings of ui.presenter.Picture (or the globe of the language button), in line and two colours.
import QtQuick
import QtQuick.Shapes

Drawing {
    id: picture

    required property string name
    property color ink: Theme.earth
    property color ground: Theme.white
    // Move, where the drawing can: a card that is laid down tells more than a card that lies.
    property bool lively: false

    CardOnReader {
        visible: picture.name === "LayCard" || picture.name === "TakeCard"
        lifting: picture.name === "TakeCard"
        lively: picture.lively && visible
        ink: picture.ink
        ground: picture.ground
    }

    Shape {
        visible: picture.name === "Look"

        Stroke { width: 5; color: picture.ink; svg: "M50 10 C26 10 20 32 20 50 C20 72 33 92 50 92 C67 92 80 72 80 50 C80 32 74 10 50 10 Z" }
        Stroke { width: 4; color: picture.ink; svg: "M40 66 Q50 74 60 66 M50 44 L50 56" }
        Stroke { width: 7; color: picture.ink; svg: "M38 42 L38 43 M62 42 L62 43" }
    }

    Shape {
        visible: picture.name === "Enter"

        Fill { color: picture.ink; svg: "M4 30 Q14 29 22 20 L26 14 L74 14 L78 20 Q86 29 96 30 L96 34 L4 34 Z" }
        Stroke { width: 5; color: picture.ink; svg: "M16 34 L16 94 M84 34 L84 94 M6 94 L94 94" }
        Stroke { width: 6; color: picture.ink; svg: "M50 88 L50 50 M36 63 L50 49 L64 63" }
    }

    Shape {
        visible: picture.name === "Tick"

        Stroke { width: 5; color: picture.ink; svg: "M50 5 A45 45 0 1 1 49.99 5 Z" }
        Stroke { width: 9; color: picture.ink; svg: "M29 52 L44 67 L72 36" }
    }

    Shape {
        visible: picture.name === "Staff"

        Stroke { width: 5; color: picture.ink; svg: "M50 12 A15 15 0 1 1 49.99 12 Z" }
        Stroke { width: 5; color: picture.ink; svg: "M22 66 C22 52 34 48 50 48 C66 48 78 52 78 66" }
        Stroke { width: 5; color: picture.ink; svg: "M8 66 L92 66 M16 66 L16 90 L84 90 L84 66" }
    }

    Shape {
        visible: picture.name === "Globe"

        Stroke { width: 5; color: picture.ink; svg: "M50 10 A40 40 0 1 1 49.99 10 Z" }
        Stroke { width: 4; color: picture.ink; svg: "M10 50 L90 50 M50 10 C28 30 28 70 50 90 C72 70 72 30 50 10 M17 28 Q50 42 83 28 M17 72 Q50 58 83 72" }
    }
}
