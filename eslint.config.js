// What ./check asks of the scripts of the pages and of their tests.
import js from "@eslint/js";
import globals from "globals";

// Rules of Python that the page repeats: they work without a page, so that node --test can hold them.
const PURE = ["precision", "preview", "zone-lookup", "zones", "gazetteer", "fold"].map((name) => `static/js/places/${name}.js`);
PURE.push("static/js/figures/classes.js");

const strict = {
  "array-callback-return": "error",
  "consistent-return": "error",
  "default-case-last": "error",
  "eqeqeq": "error",
  "max-lines": ["error", 250],
  "max-lines-per-function": ["error", { max: 25, skipBlankLines: true, skipComments: true }],
  "no-alert": "error",
  "no-console": "error",
  "no-constructor-return": "error",
  "no-duplicate-imports": "error",
  "no-else-return": "error",
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-new-func": "error",
  "no-promise-executor-return": "error",
  "no-shadow": "error",
  "no-template-curly-in-string": "error",
  "no-unmodified-loop-condition": "error",
  "no-unreachable-loop": "error",
  "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
  "no-useless-return": "error",
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  "prefer-template": "error",
};

// Text of members enters as text, never as HTML.
const asText = {
  "no-restricted-properties": [
    "error",
    ...["outerHTML", "insertAdjacentHTML", "setHTMLUnsafe"].map((property) => ({ property })),
    { object: "document", property: "write" },
    { object: "document", property: "cookie" },
  ],
};

export default [
  { ignores: ["static/vendor/", "build/", "mutants/", "var/", ".venv/"] },
  js.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: "error" }, rules: strict },
  {
    files: ["static/js/**/*.js"],
    ignores: PURE,
    languageOptions: { globals: { ...globals.browser, L: "readonly", protomapsL: "readonly", topojson: "readonly" } },
    rules: asText,
  },
  { files: PURE, languageOptions: { globals: {} } },
  { files: ["tests/scripts/**/*.js", "scripts/*.js", "eslint.config.js"], languageOptions: { globals: globals.node } },
];
