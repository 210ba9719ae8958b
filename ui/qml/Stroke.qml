// A line of a drawing.
import QtQuick
import QtQuick.Shapes

ShapePath {
    property alias svg: path.path
    property alias width: stroke.strokeWidth
    property alias color: stroke.strokeColor

    id: stroke
    fillColor: "transparent"
    capStyle: ShapePath.RoundCap
    joinStyle: ShapePath.RoundJoin

    PathSvg { id: path }
}
