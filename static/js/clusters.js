// The members' map: what the server counts for this viewer, tile by tile, as bubbles, badges and pins.
// A mark stands where its zone's anchor is at this zoom, and nowhere else, so that nothing jumps while the map moves.
"use strict";

window.Mapservice ??= {};

{
  const MARGIN = 140; // pixels around the view: as far as a mark's neighbours have a say in its place
  const KEPT_TILES = 300;
  const KEPT_MS = 60_000;

  Mapservice.Clusters = L.Layer.extend({
    // options: clusters, cards (addresses without the last parts), table (address of the table), words, language, role, tileSize (256 or 512).
    initialize(options) {
      L.setOptions(this, { role: "", tileSize: 256, ...options });
      this._speech = Mapservice.speech(this.options.words, this.options.language);
      this._kept = new Map(); // address → what was answered, and when
      this._tiles = new Map(); // "z/x/y" in view → its marks
      this._asking = new Map(); // "z/x/y" → how to cancel
    },

    onAdd(map) {
      this._group = L.layerGroup().addTo(map);
      this._cards ??= new Mapservice.Cards(map, this.options.cards, this._speech);
      this._note = L.DomUtil.create("div", "map-note", map.getContainer());
      this._note.setAttribute("role", "status");
      L.DomEvent.disableClickPropagation(this._note);
      map.on("moveend", this._look, this);
      this._look();
    },

    onRemove(map) {
      map.off("moveend", this._look, this);
      this._forget();
      this._group.remove();
      this._note.remove();
    },

    again() {
      this._kept.clear();
      this._forget();
      this._look();
    },

    _forget() {
      this._asking.forEach((asking) => asking.abort());
      this._asking.clear();
      this._tiles.clear();
      this._group.clearLayers();
      this._leaving?.remove();
      this._leaving = null;
      this._zoom = undefined;
    },

    // The tiles that the view touches: { "z/x/y": Tile }, columns wrapped around the world.
    _inView() {
      const map = this._map;
      const shift = Math.log2(this.options.tileSize / 256);
      const zoom = Math.max(Math.round(map.getZoom()) - shift, 0);
      const side = map.options.crs.scale(Math.round(map.getZoom())) / 2 ** zoom;
      const bounds = map.getPixelBounds(undefined, Math.round(map.getZoom()));
      const [low, high] = [bounds.min.subtract([MARGIN, MARGIN]), bounds.max.add([MARGIN, MARGIN])];
      const across = 2 ** zoom;
      const wanted = new Set();
      for (let x = Math.floor(low.x / side); x <= Math.floor(high.x / side); x++) {
        for (let y = Math.max(Math.floor(low.y / side), 0); y <= Math.min(Math.floor(high.y / side), across - 1); y++) {
          wanted.add(`${zoom}/${((x % across) + across) % across}/${y}`);
        }
      }
      return { zoom, wanted };
    },

    _look() {
      const { zoom, wanted } = this._inView();
      if (this._zoom !== undefined && zoom !== this._zoom) this._leaveZoom();
      this._zoom = zoom;
      this._asking.forEach((asking, tile) => {
        if (wanted.has(tile)) return;
        asking.abort();
        this._asking.delete(tile);
      });
      this._tiles.forEach((marks, tile) => {
        if (wanted.has(tile)) return;
        marks.forEach((mark) => this._group.removeLayer(mark));
        this._tiles.delete(tile);
      });
      this._problem = null;
      wanted.forEach((tile) => this._tiles.has(tile) || this._asking.has(tile) || this._fetch(tile));
      this._tell();
    },

    // The marks of the zoom that is left stay, faint, until those of the new one are there.
    _leaveZoom() {
      this._asking.forEach((asking) => asking.abort());
      this._asking.clear();
      this._leaving ??= this._group;
      const focused = document.activeElement;
      this._leaving.eachLayer((mark) => {
        mark.setOpacity(0.35);
        if (mark.getElement() === focused) this._focus = mark.getLatLng();
      });
      if (this._group !== this._leaving) this._group.remove();
      this._group = L.layerGroup().addTo(this._map);
      this._tiles.clear();
    },

    async _fetch(tile) {
      const address = `${this.options.clusters}/${tile}${this.options.role ? `?role=${encodeURIComponent(this.options.role)}` : ""}`;
      const kept = this._kept.get(address);
      if (kept && Date.now() - kept.at < KEPT_MS) {
        this._draw(tile, kept.answer);
        return;
      }
      const asking = new AbortController();
      this._asking.set(tile, asking);
      try {
        const answer = await fetch(address, {
          headers: { Accept: "application/json" },
          credentials: "same-origin",
          signal: asking.signal,
        });
        if (!answer.ok) throw answer;
        const content = await answer.json();
        this._kept.set(address, { answer: content, at: Date.now() });
        if (this._kept.size > KEPT_TILES) this._kept.delete(this._kept.keys().next().value);
        if (this._asking.get(tile) !== asking) return;
        this._asking.delete(tile);
        this._draw(tile, content);
      } catch (problem) {
        if (this._asking.get(tile) !== asking) return; // a newer look has taken over
        this._asking.delete(tile);
        this._problem = problem;
      }
      this._tell();
    },

    _draw(tile, { clusters, badges, pins }) {
      const north = (a, b) => b[1] - a[1]; // the Tab key goes from north to south
      const marks = [
        ...clusters.sort(north).map((row) => Mapservice.bubble(row, this._speech)),
        ...badges.sort(north).map((row) => Mapservice.badge(row, this._speech, this._tableAt(row[3]))),
        ...pins.sort(north).map((row) => Mapservice.pin(row, this._speech)),
      ];
      // the copy of the world that the view looks at
      const centre = this._map.getCenter().lng;
      for (const mark of marks) {
        const { lat, lng } = mark.getLatLng();
        mark.setLatLng([lat, lng + 360 * Math.round((centre - lng) / 360)]);
        mark.on("click", () => this._choose(mark));
        this._group.addLayer(mark);
      }
      this._tiles.set(tile, marks);
      Mapservice.makeRoom(this._map, [...this._tiles.values()].flat(), Math.round(this._map.getZoom()));
    },

    // Where the people who show a whole zone are listed, in the role that the map shows.
    _tableAt(zone) {
      const wanted = new URLSearchParams({ in: zone, ...(this.options.role && { role: this.options.role }) });
      return `${this.options.table}?${wanted}#table`;
    },

    _choose(mark) {
      const map = this._map;
      const { kind, box } = mark.about;
      if (kind === "pin") this._cards.open(mark);
      else if (kind === "cluster") {
        const [west, south, east, north] = box;
        const bounds = L.latLngBounds([south, west], [north, east < west ? east + 360 : east]);
        const deeper = Math.min(map.getZoom() + 1, map.getMaxZoom());
        const fits = Math.min(map.getBoundsZoom(bounds), map.getMaxZoom());
        // A zone too wide to be opened by showing all of it (one that spans the date line, say) opens at its anchor.
        map.setView(fits < deeper ? mark.getLatLng() : this._near(bounds.getCenter(), mark), Math.max(fits, deeper), {
          animate: !Mapservice.still(),
        });
      }
    },

    _near({ lat, lng }, mark) {
      return [lat, lng + 360 * Math.round((mark.getLatLng().lng - lng) / 360)];
    },

    // Loading, empty, a problem with a way out; and the marks of the zoom before go when all is there.
    _tell() {
      const { say } = this._speech;
      const busy = this._asking.size > 0;
      this._map.getContainer().setAttribute("aria-busy", String(busy));
      clearTimeout(this._slow);
      if (busy) {
        this._slow = setTimeout(() => this._write(say("loading")), 500);
        return;
      }
      if (this._leaving) {
        this._leaving.remove();
        this._leaving = null;
      }
      this._refocus();
      const status = this._problem?.status;
      if (status === 429) this._write(Mapservice.wait(this._problem, say), say("again"));
      else if (status === 401 || status === 403) this._write(say("signed_out"));
      else if (this._problem) this._write(say("error"), say("again"));
      else this._write([...this._tiles.values()].some((marks) => marks.length) ? "" : say("empty"));
    },

    // Who opened a zone with the keyboard goes on from the mark nearest to it.
    _refocus() {
      const from = this._focus;
      this._focus = null;
      if (!from || (document.activeElement && document.activeElement !== document.body)) return;
      const marks = [...this._tiles.values()].flat();
      const open = marks.filter((mark) => mark.about.kind !== "badge"); // a badge leads no further
      const nearest = (open.length ? open : marks).sort((a, b) => from.distanceTo(a.getLatLng()) - from.distanceTo(b.getLatLng()))[0];
      (nearest?.getElement() ?? this._map.getContainer()).focus({ preventScroll: true });
    },

    _write(text, action) {
      this._note.replaceChildren();
      if (!text) return;
      L.DomUtil.create("span", "", this._note).textContent = text;
      if (!action) return;
      const button = L.DomUtil.create("button", "map-button", this._note);
      button.type = "button";
      button.textContent = action;
      button.addEventListener("click", () => this.again());
    },
  });
}
