// The place page: finds a zone in the page, from a town, a click or the device, and fills in the choices.
// Nothing is sent but the form, and it carries a zone. The page works without this file, from lists.
import { afterTaps, changesUnderTap } from "../site/taps.js";
import { loadCountry } from "./country-zones.js";
import { Levels } from "./levels.js";
import { TownField } from "./towns.js";
import { ZoneMap } from "./zone-map.js";
import { pathOf } from "./zones.js";

const data = JSON.parse(document.getElementById("place-data").textContent);
const byId = (id) => document.getElementById(id);
const status = byId("finder-status");
const select = byId("country");
let zones = null;

const levels = new Levels(byId("place-form"), data, () => draw());
const map = new ZoneMap(byId("zone-map"), data, (zone) => levels.title(zone), (lng, lat) => choosePoint(lng, lat));
const towns = new TownField(byId("town"), byId("towns"), byId("town-status"), data.words, (town) => choose(town.zone));

byId("country-go").hidden = true;
select.addEventListener("change", () => open(select.value));
byId("country-form").addEventListener("submit", (event) => event.preventDefault());
byId("where-i-am").addEventListener("click", whereIAm);
if (data.home && !select.value) select.value = countryOf(data.home);
if (select.value) open(select.value, data.home);

function countryOf(zoneId) {
  const file = pathOf(zoneId)[0];
  if (data.files[file] === file) return file;
  // Of a group of small states the page cannot know which one: the member chooses it.
  return "";
}

async function open(country, zone = null) {
  byId("finder").hidden = true;
  zones = null;
  if (!country) return;
  status.textContent = "";
  byId("finder-wait").hidden = false;
  try {
    const loaded = await loadCountry(country, data);
    if (select.value !== country) return;
    zones = loaded;
  } catch {
    status.textContent = data.words.failed;
    select.value = "";
    return;
  } finally {
    if (select.value === country || !select.value) byId("finder-wait").hidden = true;
  }
  byId("finder").hidden = false;
  towns.use(zones);
  map.use(zones);
  if (zone && zones.has(zone)) levels.keep(zones.path(zone));
  draw();
}

function choose(area) {
  changesUnderTap();
  const path = zones.path(area);
  levels.offer(path);
  status.textContent = data.words.found.replace("{zone}", levels.title(path.at(-1)));
  draw();
  afterTaps(showChoices);
}

// The page never moves under a finger: what would be pressed then was not meant.
function showChoices() {
  const next = byId("how-much");
  if (next.getBoundingClientRect().bottom > innerHeight * 0.75) next.scrollIntoView({ block: "start" });
}

function choosePoint(lng, lat) {
  const area = zones.areaAt(lng, lat);
  if (area) choose(area);
  else status.textContent = data.words.outside;
}

function whereIAm() {
  if (!navigator.geolocation) {
    status.textContent = data.words.whereFailed;
    return;
  }
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => choosePoint(coords.longitude, coords.latitude),
    () => { status.textContent = data.words.whereFailed; },
    { maximumAge: 600000, timeout: 15000 },
  );
}

function draw() {
  if (zones) map.mark(levels.finest, levels.chosen);
}
