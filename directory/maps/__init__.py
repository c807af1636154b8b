"""Maps: what stands on them, how it travels, and the only door to folium.

:mod:`~directory.maps.markers` turns entries with a place into GeoJSON and into points of an SVG,
:mod:`~directory.maps.outlines` knows where all that lies in a drawing,
:mod:`~directory.web.prepared` keeps such answers compressed, and
:mod:`~directory.maps.drawing` lets folium draw the frame that a script fills.

Data and frame never meet on the server: folium would put names into its JavaScript, so it is
given none. The script in the browser loads the GeoJSON from our own address.
"""
