"""Run by the Python that has QGIS, not by ours: reads every collection, and draws a picture.

    python3 tests/ogc/qgis_reading.py http://127.0.0.1:5000 [picture.png]

Prints one JSON object: collection → how many features QGIS says there are and how many it read, how
many lie in a box, their geometry (Point or Polygon) and the names of their attributes.
"""

import json
import sys

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsMarkerSymbol,
    QgsRectangle,
    QgsRuleBasedRenderer,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

COLLECTIONS = ("kommunen", "praxisbeispiele", "ansprechstellen", "veranstaltungen")
BOX = QgsRectangle(7, 51, 8, 52)
# ETRS89 / UTM 32N, as the state's own maps have it
STATE_CRS = "EPSG:25832"


def opened(base, name, query=""):
    source = (
        f"pagingEnabled='true' restrictToRequestBBOX='1' srsname='OGC:CRS84' "
        f"typename='{name}' url='{base}/ogc{query}' version='OGC_API_FEATURES'"
    )
    layer = QgsVectorLayer(source, name, "OAPIF")
    if not layer.isValid():
        sys.exit(f"QGIS does not open {name}: {layer.error().message()}")
    return layer


def read(layer):
    features = list(layer.getFeatures())
    return {
        "count": layer.featureCount(),
        "read": len(features),
        "in_box": sum(1 for _ in layer.getFeatures(QgsFeatureRequest(BOX))),
        "geometry": QgsWkbTypes.geometryDisplayString(layer.geometryType()),
        "attributes": [field.name() for field in layer.fields()],
        "names": sorted(str(one["name"]) for one in features if "name" in layer.fields().names()),
    }


def draw(base, path):
    """Draw all towns and municipalities, members darker, and a point where practices are."""
    areas = opened(base, "kommunen", "?geometry=boundary")
    towns = "kind not in ('kreis', 'regierungsbezirk')"
    rules = QgsRuleBasedRenderer.Rule(None)
    for colour, condition in (("#eef2f5", "not member"), ("#9cc3dd", "member")):
        fill = {"color": colour, "outline_color": "#8799a9", "outline_width": "0.15"}
        symbol = QgsFillSymbol.createSimple(fill)
        rule = QgsRuleBasedRenderer.Rule(symbol, filterExp=f"{towns} and {condition}")
        rules.appendChild(rule)
    areas.setRenderer(QgsRuleBasedRenderer(rules))
    points = opened(base, "praxisbeispiele")
    points.renderer().setSymbol(
        QgsMarkerSymbol.createSimple(
            {"color": "#003064", "outline_color": "#ffffff", "size": "2.4"}
        )
    )
    settings = QgsMapSettings()
    settings.setLayers([points, areas])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(STATE_CRS))
    settings.setOutputSize(QSize(900, 860))
    settings.setBackgroundColor(QColor("#ffffff"))
    settings.setExtent(QgsRectangle(280000, 5570000, 540000, 5830000))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    if not job.renderedImage().convertToFormat(5).save(path):
        sys.exit(f"QGIS does not write {path}")


def main():
    base, *picture = sys.argv[1:]
    application = QgsApplication([], False)
    application.initQgis()
    found = {name: read(opened(base, name)) for name in COLLECTIONS}
    found["boundaries"] = read(opened(base, "kommunen", "?geometry=boundary"))
    if picture:
        draw(base, picture[0])
    sys.stdout.write(json.dumps(found))
    sys.stdout.flush()
    application.exitQgis()


main()
