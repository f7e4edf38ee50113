"""Maps: folium maps and our own elements. No HTTP, no SQL."""
