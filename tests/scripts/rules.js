// The cases that tools/script_cases wrote, put to the scripts of a folder. Each script repeats a rule of Python.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import vm from "node:vm";
import { gunzipSync } from "node:zlib";

const ROOT = new URL("../../", import.meta.url);
export const SCRIPTS = new URL("static/js/", ROOT);

/** Return the cases to which the scripts of a folder (static/js/, or a changed copy) give another answer. */
export async function wrongAnswers(folder = SCRIPTS) {
  const [rules, lookups] = [await rulesOf(folder), await lookupsOf(folder)];
  const wrong = [];
  for (const [name, cases] of Object.entries(read("rules.json"))) {
    for (const { takes, gives } of cases) {
      const answer = rules[name](...takes);
      if (!isDeepStrictEqual(answer, gives)) wrong.push({ name, takes, gives, answer });
    }
  }
  for (const [name, points] of Object.entries(read("points.json"))) {
    const lookup = lookups(name);
    for (const [lng, lat, gives] of points) {
      const answer = lookup.areaAt(lng, lat);
      if (answer !== gives) wrong.push({ name, takes: [lng, lat], gives, answer });
    }
  }
  return wrong;
}

/** Return how many cases there are. */
export function countCases() {
  return ["rules.json", "points.json"].flatMap((file) => Object.values(read(file)).flat()).length;
}

async function rulesOf(folder) {
  const load = (file) => import(new URL(file, folder));
  const precision = await load("places/precision.js");
  const preview = await load("places/preview.js");
  const zones = await load("places/zones.js");
  const classes = await load("figures/classes.js");
  return {
    choices: (path, rules) => precision.choicesOf(path, rules).map(({ zone, ...choice }) => ({ level: zone.level, ...choice })),
    consent: precision.asksForConsent,
    sees: preview.sees,
    pin: preview.hasPin,
    elsewhere: zones.isElsewhere,
    path: zones.pathOf,
    roundedDown: precision.roundedDown,
    rounded: precision.rounded,
    figureClass: classes.classOf,
  };
}

// From the file that the browser gets, through the library that the page loads.
async function lookupsOf(folder) {
  const { ZoneLookup } = await import(new URL("places/zone-lookup.js", folder));
  vm.runInThisContext(readFileSync(new URL("static/vendor/topojson-client-3.1.0/topojson-client.min.js", ROOT), "utf8"));
  return (code) => {
    const topology = JSON.parse(gunzipSync(readFileSync(new URL(`data/ground/zones/${code}.json.gz`, ROOT))));
    return new ZoneLookup(globalThis.topojson.feature(topology, topology.objects.areas).features);
  };
}

function read(file) {
  return JSON.parse(readFileSync(new URL(`cases/${file}`, import.meta.url), "utf8"));
}

/** Return the address of a folder on this machine. */
export function addressOf(folder) {
  return pathToFileURL(`${folder}/`);
}
