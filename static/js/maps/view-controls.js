// Ways to look at the map: the whole world, one's own zone; and the view that is kept while the page comes again.
// The view stays in this window's own storage. No address that is asked for carries a coordinate.
import { button, drawing, prefersNoMotion } from "../site/dom.js";

const KEY = "map-view";
const GLOBE = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18";
const PIN = "M12 21c-5-6.500-7-8.500-7-12a7 7 0 0 1 14 0c0 3.500-2 5.500-7 12zM12 6.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z";
const WORLD = [22, 4];

/** Show all of the map. The farthest zoom fits it and is seldom a whole number: it is not rounded like the others. */
export function showWorld(map, options) {
  if (map._animatingZoom) { // Leaflet ignores every view that is set meanwhile, as when a phone is turned
    map.once("zoomend", () => showWorld(map, options));
    return;
  }
  const { zoomSnap } = map.options;
  map.options.zoomSnap = 0;
  map.setView(WORLD, map.getMinZoom(), options);
  map.options.zoomSnap = zoomSnap;
}

/**
 * Bring the nearest of some marks into view where none is: a zone that was opened may be wider than the view, and an empty
 * map would say that the people in it are gone.
 */
export function bringIntoView(map, marks) {
  const [view, centre] = [map.getBounds(), map.getCenter()];
  if (!marks.length || marks.some((mark) => view.contains(mark.getLatLng()))) return;
  const far = (mark) => map.distance(centre, mark.getLatLng());
  const nearest = marks.reduce((best, mark) => (far(mark) < far(best) ? mark : best));
  map.panInside(nearest.getLatLng(), { padding: [60, 60], animate: !prefersNoMotion() });
}

const control = (words, path, act) => {
  const made = button("", drawing(path, 24), act);
  made.title = words;
  made.setAttribute("aria-label", words);
  return made;
};

const ViewControls = L.Control.extend({
  options: { position: "topleft" },
  onAdd(map) {
    const { words, home } = this.options;
    const bar = L.DomUtil.create("div", "leaflet-bar map-views");
    const animate = { animate: !prefersNoMotion() };
    bar.append(control(words.world, GLOBE, () => showWorld(map, animate)));
    if (home) bar.append(control(words.home, PIN, () => map.fitBounds(home, animate)));
    L.DomEvent.disableClickPropagation(bar);
    return bar;
  },
});

// Only who comes back to the page from itself, by a filter, a link, "back" or "reload", finds it as it was left.
const isReturning = () => {
  const [{ type } = {}] = performance.getEntriesByType("navigation");
  if (type === "reload" || type === "back_forward") return true;
  return document.referrer !== "" && new URL(document.referrer).pathname === location.pathname;
};

const kept = () => {
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  const view = text ? JSON.parse(text) : null;
  return view?.page === location.pathname && isReturning() ? view : null;
};

const keep = (map) => {
  if (document.body.hidden) return; // leaving quickly leaves nothing
  const { lat, lng } = map.getCenter();
  sessionStorage.setItem(KEY, JSON.stringify({ page: location.pathname, lat, lng, zoom: map.getZoom() }));
};

// In the page of another site: a wheel or one finger scrolls that page, two fingers move the map. Nothing is stored
// there, where a browser may not even let it.
const behave = (map) => {
  map.scrollWheelZoom.disable();
  if (matchMedia("(pointer: coarse)").matches) map.dragging.disable();
};

/** Add the buttons to a map; settings: words, home, guest (see ViewButtons in mapservice/maps/elements.py). */
export function addViewControls(map, settings) {
  new ViewControls(settings).addTo(map);
  if (settings.guest) {
    behave(map);
    return;
  }
  const view = kept();
  if (view) map.setView([view.lat, view.lng], view.zoom, { animate: false });
  addEventListener("pagehide", () => keep(map));
}
