// The base map under every map: our own vector tiles, painted in the colours that map.css names.
const PALETTE = "land water shore river border region-border label label-quiet label-halo label-water city".split(" ");

// The colours as they stand now; they follow the reader's choice of light or dark.
const palette = (element) => {
  const style = getComputedStyle(element);
  const colours = Object.fromEntries(PALETTE.map((name) => [name, style.getPropertyValue(`--map-${name}`).trim()]));
  return { ...colours, font: style.getPropertyValue("--map-font").trim() || "sans-serif" };
};

// byZoom([0, a], [6, b]): a, and from zoom 6 on b.
const byZoom = (...steps) => (zoom) => (steps.findLast(([from]) => zoom >= from) ?? steps[0])[1];

const paintRules = (colour) => {
  const { PolygonSymbolizer, LineSymbolizer, exp } = protomapsL;
  const line = (options) => new LineSymbolizer({ lineCap: "round", lineJoin: "round", ...options });
  const disputed = (_zoom, feature) => feature.props.rank === 1;
  const agreed = (_zoom, feature) => feature.props.rank !== 1;
  const width = exp(1.2, [[2, 0.7], [6, 1.2], [10, 2]]);
  return [
    { dataLayer: "land", symbolizer: new PolygonSymbolizer({ fill: colour.land }) },
    { dataLayer: "river", minzoom: 4, symbolizer: line({ color: colour.river, width: exp(1.3, [[4, 0.5], [7, 1], [12, 3]]) }) },
    { dataLayer: "lake", symbolizer: new PolygonSymbolizer({ fill: colour.water, stroke: colour.shore, width: 0.6 }) },
    {
      dataLayer: "region_border",
      minzoom: 6,
      symbolizer: line({ color: colour["region-border"], width: exp(1.2, [[6, 0.6], [9, 1.2]]), dash: [1, 3] }),
    },
    { dataLayer: "border", filter: agreed, symbolizer: line({ color: colour.border, width }) },
    { dataLayer: "border", filter: disputed, symbolizer: line({ color: colour.border, width, dash: [3, 4] }) },
  ];
};

const fontOf = (colour) => (weight, size) => `${weight} ${size}px ${colour.font}`;

const textOf = (colour) => (options) => ({ stroke: colour["label-halo"], width: 1.5, lineHeight: 1.25, labelProps: ["name"], ...options });

const isCapital = ({ props }) => props.rank === 0;

const cityLabel = (colour) => {
  const { CircleSymbolizer, GroupSymbolizer, OffsetTextSymbolizer } = protomapsL;
  const [font, text] = [fontOf(colour), textOf(colour)];
  const [largeSize, smallSize] = [byZoom([0, 11], [6, 12], [8, 14], [10, 16]), byZoom([0, 11], [9, 12], [11, 14])];
  const cityFont = (zoom, city) => font(isCapital(city) ? 600 : 400, (city.props.rank <= 4 ? largeSize : smallSize)(zoom));
  return new GroupSymbolizer([
    new CircleSymbolizer({
      radius: (_zoom, feature) => (isCapital(feature) ? 2.6 : 1.8),
      fill: colour["label-halo"],
      stroke: colour.city,
      width: 1.3,
    }),
    new OffsetTextSymbolizer(text({ font: cityFont, fill: colour.label, offsetX: 5, offsetY: 4, maxLineChars: 18 })),
  ]);
};

const riverLabel = (colour) =>
  new protomapsL.LineLabelSymbolizer({
    font: `italic ${fontOf(colour)(400, 11)}`,
    fill: colour["label-water"],
    stroke: colour["label-halo"],
    width: 2,
    offset: 3,
    repeatDistance: 400,
    labelProps: ["name"],
  });

const labelRules = (colour) => {
  const { CenteredTextSymbolizer } = protomapsL;
  const [font, text, quiet] = [fontOf(colour), textOf(colour), colour["label-quiet"]];

  const countrySize = byZoom([0, 11], [4, 12], [5, 14], [6, 16]);
  const country = text({ font: (zoom) => font(600, countrySize(zoom)), fill: quiet, maxLineChars: 14 });
  const regionSize = byZoom([0, 11], [8, 13]);
  const region = text({ font: (zoom) => `italic ${font(400, regionSize(zoom))}`, fill: quiet, maxLineChars: 14 });
  const city = cityLabel(colour);

  // What comes first keeps its place where two names meet.
  return [
    { dataLayer: "label_country", minzoom: 2, maxzoom: 7, symbolizer: new CenteredTextSymbolizer(country) },
    { dataLayer: "label_city", minzoom: 4, filter: (_zoom, feature) => isCapital(feature), symbolizer: city },
    { dataLayer: "label_city", minzoom: 4, filter: (zoom, { props }) => props.rank <= 2 + zoom / 2, symbolizer: city },
    { dataLayer: "label_region", minzoom: 6, maxzoom: 10, symbolizer: new CenteredTextSymbolizer(region) },
    { dataLayer: "label_city", minzoom: 7, symbolizer: city },
    { dataLayer: "river", minzoom: 8, symbolizer: riverLabel(colour) },
  ];
};

/** Return the layer for a map; options: url, attribution, maxDataZoom. The map does not wait for what paints it. */
export function basemap(map, options) {
  if (typeof protomapsL !== "undefined") return painted(map, options);
  const layers = L.layerGroup();
  const script = document.querySelector('script[src*="/protomaps-leaflet-"]');
  script.addEventListener("load", () => layers.addLayer(painted(map, options)));
  return layers;
}

function painted(map, options) {
  const layer = protomapsL.leafletLayer({ ...options, paintRules: [], labelRules: [] });
  const dress = () => {
    const colour = palette(map.getContainer());
    layer.paintRules = paintRules(colour);
    layer.labelRules = labelRules(colour);
    layer.clearLayout();
  };
  const dressAgain = () => {
    dress();
    layer.rerenderTiles();
  };
  dress();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", dressAgain);
  layer.on("remove", () => dark.removeEventListener("change", dressAgain));
  return layer;
}
