// The hall of Gutian before its woods, among fields of red earth. Drawn 268 units wide; the foot is at the bottom.
import QtQuick
import QtQuick.Shapes

Item {
    id: hall

    property real unit: Theme.mm
    // How far right of the middle it stands.
    property real shift: 0

    clip: true

    Rectangle {
        anchors.fill: parent
        gradient: Gradient {
            GradientStop { position: 0; color: Theme.paper }
            GradientStop { position: 1; color: Theme.earthPale }
        }
    }

    // Land that runs on to both sides, whatever the panel's width.
    Item {
        width: 268
        height: 90
        anchors { horizontalCenter: parent.horizontalCenter; horizontalCenterOffset: hall.shift; bottom: parent.bottom }
        scale: hall.unit
        transformOrigin: Item.Bottom

        Shape {
            Fill { color: "#E6CDBD"; svg: "M-450 60 C-370 50 -280 52 -170 60 C-60 30 -20 38 30 50 C70 24 110 26 150 44 C190 22 240 26 290 46 C330 36 360 40 440 56 L440 90 L-450 90 Z" }
            Fill { color: "#6E8A6B"; svg: "M-450 72 C-370 62 -280 64 -170 72 C-80 56 -50 60 -20 62 C0 48 20 52 36 50 C48 38 70 42 84 42 C100 28 126 34 140 38 C156 30 180 34 192 44 C210 42 226 48 236 56 C270 50 300 58 320 62 C350 56 370 62 440 68 L440 90 L-450 90 Z" }
            Fill { color: "#4F6F56"; svg: "M-450 78 C-370 68 -280 70 -170 78 C-70 66 -40 70 -10 70 C10 60 30 62 50 58 C70 50 84 56 98 54 C120 46 150 48 168 54 C186 52 206 56 222 64 C250 60 280 68 310 70 C340 66 370 70 440 74 L440 90 L-450 90 Z" }
        }

        // wings
        Shape {
            Fill { color: "#FBFAF7"; svg: "M62 60 L206 60 L206 80 L62 80 Z" }
            Fill { color: "#5E5A57"; svg: "M54 61 Q60 60 66 52 L100 52 L100 61 Z M214 61 Q208 60 202 52 L168 52 L168 61 Z" }
            Fill { color: "#8B8682"; svg: "M74 66 L80 66 L80 74 L74 74 Z M88 66 L94 66 L94 74 L88 74 Z M188 66 L194 66 L194 74 L188 74 Z M174 66 L180 66 L180 74 L174 74 Z" }
        }
        // the middle with its raised roof
        Shape {
            Fill { color: "#FFFFFF"; svg: "M100 46 L168 46 L168 81 L100 81 Z" }
            Fill { color: "#4A4644"; svg: "M88 50 Q98 48 106 37 L162 37 Q170 48 180 50 L180 52 L88 52 Z" }
            Fill { color: "#5E5A57"; svg: "M100 40 Q108 38 114 30 L154 30 Q160 38 168 40 L168 41 L100 41 Z" }
            Fill { color: Theme.earth; svg: "M124 60 L144 60 L144 81 L124 81 Z" }
            Fill { color: "#4A4644"; svg: "M133.4 60 L134.6 60 L134.6 81 L133.4 81 Z M122 58 L146 58 L146 60 L122 60 Z" }
            Fill { color: "#8B8682"; svg: "M108 60 L116 60 L116 72 L108 72 Z M152 60 L160 60 L160 72 L152 72 Z" }
        }
        // fields
        Shape {
            Fill { color: "#C98A6B"; svg: "M-450 82 C-370 78 -280 79 -170 82 C-40 76 40 80 134 79 C230 78 310 76 440 82 L440 90 L-450 90 Z" }
            Fill { color: "#A8492F"; svg: "M-450 88 C-370 84 -280 85 -170 88 C-20 80 60 86 134 83 C220 80 300 84 440 86 L440 91 L-450 91 Z" }
            Fill { color: Theme.earth; svg: "M-450 91 L-450 91 C0 85 80 90 134 88 C210 85 300 89 440 90 L440 91 Z" }
        }
    }
}
