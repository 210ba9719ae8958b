// A filled surface of a drawing.
import QtQuick
import QtQuick.Shapes

ShapePath {
    property alias svg: path.path
    property alias color: fill.fillColor

    id: fill
    strokeWidth: -1

    PathSvg { id: path }
}
