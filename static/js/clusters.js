// The members' map: what the server counts for this viewer, tile by tile, as bubbles, badges and pins. It is live: what
// is in view is asked for again all the time (freshness.js), and marks that stay the same stay where they are.
// A mark stands where its zone's anchor is at this zoom, and nowhere else, so that nothing jumps while the map moves.
"use strict";

window.Mapservice ??= {};

{
  const MARGIN = 140; // pixels around the view: as far as a mark's neighbours have a say in its place
  const KEPT_TILES = 300;
  const RETRY_MS = 10_000;

  Mapservice.Clusters = L.Layer.extend({
    // options: clusters, cards (addresses without the last parts), table (address of the table), words, language, role, tileSize (256 or 512).
    initialize(options) {
      L.setOptions(this, { role: "", tileSize: 256, ...options });
      this._speech = Mapservice.speech(this.options.words, this.options.language);
      this._kept = new Map(); // address → what was answered, and when
      this._tiles = new Map(); // "z/x/y" in view → its marks, what was answered, and when
      this._asking = new Map(); // "z/x/y" → how to cancel
    },

    onAdd(map) {
      this._group = L.layerGroup().addTo(map);
      this._cards ??= new Mapservice.Cards(map, this.options.cards, this._speech);
      this._note = L.DomUtil.create("div", "map-note", map.getContainer());
      this._note.setAttribute("role", "status");
      L.DomEvent.disableClickPropagation(this._note);
      this._counted = L.DomUtil.create("p", "visually-hidden", map.getContainer());
      this._counted.setAttribute("role", "status");
      this._steps = new Mapservice.MarkNavigation(map, () => this._marks());
      map.on("moveend", this._look, this);
      this._look();
      Mapservice.keepFresh({
        age: () => this._age(),
        refresh: () => this._refresh(),
        cover: () => map.getContainer().classList.add("map-covered"),
        clear: () => this._empty(),
      });
    },

    onRemove(map) {
      map.off("moveend", this._look, this);
      this._forget();
      this._group.remove();
      this._note.remove();
      this._counted.remove();
    },

    again() {
      this._kept.clear();
      this._forget();
      this._isEmptied = false;
      this._look();
    },

    _marks() {
      return [...this._tiles.values()].flatMap(({ marks }) => marks);
    },

    // How many milliseconds ago the oldest of what is shown was asked for; where something is missing, it is due again.
    _age() {
      const times = [...this._tiles.values()].map(({ at }) => at);
      const oldest = times.length ? Date.now() - Math.min(...times) : 0;
      return this._isEmptied || this._problem ? Math.max(oldest, Mapservice.REFRESH_MS + 1) : oldest;
    },

    _refresh() {
      if (Date.now() < (this._waitUntil ?? 0)) return;
      this._isAgain = true; // nothing is said of it but that it fails, or that it works again
      this._look();
      this._tiles.forEach(({ at }, tile) => {
        if (Date.now() - at > 1_000 && !this._asking.has(tile)) this._fetch(tile);
      });
    },

    // People who could not be asked for are not shown: they may have hidden since.
    _empty() {
      this._isEmptied = true;
      this._kept.clear();
      this._steps.leave(this._marks());
      this._forget();
      this._cards.forget();
      this._tell();
    },

    _forget() {
      this._asking.forEach((asking) => asking.abort());
      this._asking.clear();
      this._tiles.clear();
      this._group.clearLayers();
      this._leaving?.remove();
      this._leaving = this._left = null;
      this._zoom = undefined;
      this._map.getContainer().classList.remove("map-covered");
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
      this._tiles.forEach(({ marks }, tile) => {
        if (wanted.has(tile)) return;
        this._take(marks);
        this._tiles.delete(tile);
      });
      this._problem = null;
      wanted.forEach((tile) => this._tiles.has(tile) || this._asking.has(tile) || this._fetch(tile));
      this._tell();
    },

    _take(marks) {
      this._steps.leave(marks);
      marks.forEach((mark) => this._group.removeLayer(mark));
    },

    // The marks of the zoom that is left stay, faint, until those of the new one are there.
    _leaveZoom() {
      this._asking.forEach((asking) => asking.abort());
      this._asking.clear();
      if (this._leaving) this._take(this._marks());
      else {
        this._leaving = this._group;
        this._left = this._marks();
      }
      this._left.forEach((mark) => mark.setOpacity(0.35));
      if (this._group !== this._leaving) this._group.remove();
      this._group = L.layerGroup().addTo(this._map);
      this._tiles.clear();
    },

    async _fetch(tile) {
      const address = `${this.options.clusters}/${tile}${this.options.role ? `?role=${encodeURIComponent(this.options.role)}` : ""}`;
      const kept = this._kept.get(address);
      if (kept && !this._tiles.has(tile) && Date.now() - kept.at < Mapservice.REFRESH_MS) {
        this._draw(tile, kept);
        return;
      }
      const asking = Object.assign(new AbortController(), { isQuiet: this._isAgain || this._tiles.has(tile) });
      this._asking.set(tile, asking);
      const at = Date.now();
      try {
        const answer = await Mapservice.ask(address, { signal: asking.signal });
        if (this._asking.get(tile) !== asking) return;
        this._kept.delete(address);
        this._kept.set(address, { answer, at });
        if (this._kept.size > KEPT_TILES) this._kept.delete(this._kept.keys().next().value);
        this._asking.delete(tile);
        this._draw(tile, { answer, at });
      } catch (problem) {
        if (this._asking.get(tile) !== asking) return; // a newer look has taken over
        this._asking.delete(tile);
        this._fail(problem);
      }
      this._tell();
    },

    _fail(problem) {
      this._problem = problem;
      this._waitUntil = Date.now() + RETRY_MS;
      if (problem.status === 401 || problem.status === 403) this._empty();
      if (problem.status === 429) this._waitUntil = Date.now() + 1000 * (Number(problem.headers.get("Retry-After")) || 60);
    },

    // Only what has changed is drawn anew, so that nothing flickers and whoever stands on a mark stays there.
    _draw(tile, { answer, at }) {
      const before = this._tiles.get(tile);
      const text = JSON.stringify(answer);
      this._tiles.set(tile, { marks: before?.marks ?? [], text, at });
      if (before?.text === text) return;
      const old = new Map(before?.marks.map((mark) => [mark.about.row, mark]));
      const marks = this._rows(answer).map(([kind, row]) => {
        const name = `${kind} ${JSON.stringify(row)}`;
        const mark = old.get(name) ?? this._made(kind, row, name);
        old.delete(name);
        return mark;
      });
      this._take([...old.values()]);
      this._tiles.get(tile).marks = marks;
      Mapservice.makeRoom(this._map, this._marks(), Math.round(this._map.getZoom()));
    },

    _rows({ clusters, badges, pins }) {
      return [["bubble", clusters], ["badge", badges], ["pin", pins]].flatMap(([kind, rows]) => rows.map((row) => [kind, row]));
    },

    _made(kind, row, name) {
      const mark = Mapservice[kind](row, this._speech, kind === "badge" ? this._tableAt(row[3]) : undefined);
      const { lat, lng } = mark.getLatLng();
      // the copy of the world that the view looks at
      mark.setLatLng([lat, lng + 360 * Math.round((this._map.getCenter().lng - lng) / 360)]);
      mark.about.row = name;
      mark.on("click", () => this._choose(mark));
      return mark.addTo(this._group);
    },

    // Where the people who show a whole zone are listed, in the role that the map shows.
    _tableAt(zone) {
      const wanted = new URLSearchParams({ in: zone, ...(this.options.role && { role: this.options.role }) });
      return `${this.options.table}?${wanted}#table`;
    },

    _choose(mark) {
      const map = this._map;
      const { kind, box } = mark.about;
      Mapservice.changesUnderTap?.();
      if (kind === "pin") this._cards.open(mark);
      else if (kind === "cluster") {
        const [west, south, east, north] = box;
        const bounds = L.latLngBounds([south, west], [north, east < west ? east + 360 : east]);
        const deeper = Math.min(map.getZoom() + 1, map.getMaxZoom());
        const fits = Math.min(map.getBoundsZoom(bounds), map.getMaxZoom());
        // A zone too wide to be opened by showing all of it (one that spans the date line, say) opens at its anchor.
        this._opening = Math.max(fits, deeper);
        map.setView(fits < deeper ? mark.getLatLng() : this._near(bounds.getCenter(), mark), this._opening, {
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
      const busy = [...this._asking.values()].some(({ isQuiet }) => !isQuiet);
      this._map.getContainer().setAttribute("aria-busy", String(busy));
      clearTimeout(this._slow);
      if (busy) {
        this._slow = setTimeout(() => this._write(say("loading")), 500);
        return;
      }
      if (this._asking.size) return;
      this._isAgain = false;
      this._settle();
      const status = this._problem?.status;
      if (status === 401 || status === 403) this._write(say("signed_out"));
      else if (this._isEmptied) this._write(say("stale"), say("again"));
      else if (status === 429) this._write(Mapservice.wait(this._problem, say), say("again"));
      else if (this._problem) this._write(this._tiles.size ? say("not_fresh") : say("error"), say("again"));
      else this._write(this._marks().length ? "" : say("empty"));
    },

    _settle() {
      if (this._leaving) {
        this._steps.leave(this._left);
        this._leaving.remove();
        this._leaving = this._left = null;
      }
      if (this._tiles.size) this._isEmptied = false;
      if (this._tiles.size && !this._problem) {
        this._map.getContainer().classList.remove("map-covered");
        this._cards.follow(this._marks());
        if (this._opening === this._map.getZoom()) {
          this._opening = null;
          Mapservice.bringIntoView(this._map, this._marks());
        }
      }
      this._steps.settle();
      this._count();
    },

    // Who moves the map by keyboard hears how many marks have come into view.
    _count() {
      const n = this._steps.count;
      const view = this._map.getBounds().toBBoxString();
      if (n === null || view === this._countedView) return;
      this._countedView = view;
      this._counted.textContent = n ? this._speech.say("in_view", { n }) : "";
    },

    _write(text, action) {
      if (this._note.firstChild?.textContent === text && !action === !this._note.querySelector("button")) return; // said already
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
