// One configuration for the workspace. Type-aware rules for TypeScript; the sinks that turn text into code or markup are closed.
import js from "@eslint/js";
import vue from "eslint-plugin-vue";
import globals from "globals";
import ts from "typescript-eslint";

const SINKS = ["innerHTML", "outerHTML", "insertAdjacentHTML", "srcdoc", "write", "writeln", "createContextualFragment"];
const closedSinks = SINKS.map((property) => ({ property, message: "Text of strangers never becomes markup: build nodes." }));

export default ts.config(
  { ignores: ["**/node_modules/**", "**/generated/**", "**/dist/**"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // The caller says what the JSON of an answer or of storage is.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ["**/*.vue"],
    extends: [ts.configs.recommended, vue.configs["flat/recommended"]],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      "vue/no-v-html": "error",
      "vue/max-attributes-per-line": "off",
      "vue/singleline-html-element-content-newline": "off",
      "vue/html-self-closing": "off",
      "no-undef": "off",
    },
  },
  {
    files: ["**/*.ts", "**/*.vue"],
    rules: {
      "no-restricted-properties": ["error", ...closedSinks],
      "no-eval": "error",
      "no-implied-eval": "off",
      "@typescript-eslint/no-implied-eval": "off",
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  { files: ["**/*.mjs", "*.js"], languageOptions: { globals: globals.node } },
);
