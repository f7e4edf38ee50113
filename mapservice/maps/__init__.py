"""The picture: folium maps and our elements. No HTTP, no SQL."""
