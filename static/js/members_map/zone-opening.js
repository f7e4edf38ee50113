// Opening a zone of the members' map: so near that its own marks are drawn.

/** Return the view in which the zone of a bubble is opened: { centre, zoom }. */
export function openedView(map, mark) {
  const [west, south, east, north] = mark.about.box;
  const bounds = L.latLngBounds([south, west], [north, east < west ? east + 360 : east]);
  const deeper = Math.min(map.getZoom() + 1, map.getMaxZoom());
  const fits = Math.min(map.getBoundsZoom(bounds), map.getMaxZoom());
  // A zone too wide to be opened by showing all of it (one that spans the date line, say) opens at its anchor.
  const centre = fits < deeper ? mark.getLatLng() : nearestCopy(bounds.getCenter(), mark.getLatLng());
  return { centre, zoom: Math.max(fits, deeper) };
}

/** Return a point in the copy of the world that is nearest to another. */
export function nearestCopy({ lat, lng }, other) {
  return [lat, lng + 360 * Math.round((other.lng - lng) / 360)];
}
