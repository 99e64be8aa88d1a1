/**
 * The colours of the charts, each in a light and a dark form.
 *
 * Marks have the light form as an attribute, so that every viewer of SVG can draw them. On a dark
 * page, the style sheet in the SVG replaces it with the dark form. People with any kind of colour
 * vision can distinguish blue and orange, and the two colours also differ in lightness.
 *
 * @module
 */

/** A colour on a light and on a dark background. */
export interface Colour {
  readonly light: string;
  readonly dark: string;
}

/**
 * The colours of the parts of a chart. All light forms must differ, because the style sheet finds
 * the marks of a colour by its light form.
 */
export const PALETTE = {
  /** The background of a chart. */
  paper: { light: "#ffffff", dark: "#111418" },
  /** Titles and important numbers. */
  ink: { light: "#1b1f24", dark: "#eceff3" },
  /** Axes, notes and units. */
  muted: { light: "#59626e", dark: "#a4aebb" },
  grid: { light: "#e2e6ea", dark: "#2b323b" },
  /** The subject of the chart. */
  accent: { light: "#1c6cb0", dark: "#62b0ee" },
  /** The subject of the chart, if it is incomplete. */
  accentPale: { light: "#a5c8e8", dark: "#2a527a" },
  /** The part that the subject is compared with. */
  contrast: { light: "#b85200", dark: "#f5a04c" },
  contrastPale: { light: "#e9be98", dark: "#7a4a1c" },
  /** Other parts of the data, which are not the subject. */
  neutral: { light: "#aeb7c2", dark: "#505b68" },
} as const satisfies Record<string, Colour>;

/** The light form of each colour, for marks. */
export const COLOUR = Object.fromEntries(
  Object.entries(PALETTE).map(([name, colour]) => [name, colour.light]),
) as { readonly [Name in keyof typeof PALETTE]: string };

const names = Object.entries(PALETTE);

/**
 * Writes the block of CSS that sets every colour to one form. `paper` is the CSS variable with the
 * background colour of the page, if the page has one.
 */
function set(form: keyof Colour, paper?: string): string {
  const colours = names.map(([name, colour]) => `--${name}:${colour[form]}`);
  if (paper) colours.push(`--paper:var(${paper},${PALETTE.paper[form]})`);
  return `{${colours.join(";")}}`;
}

/**
 * Writes the style sheet of a chart. The chart is dark if the reader's system is dark. In a page
 * with its own theme (JupyterLab, VS Code), that theme decides. Viewers without support for custom
 * properties use the light attributes.
 *
 * @param scope a selector of the chart's outermost element
 */
export function themeStyle(scope: string): string {
  return [
    `${scope}${set("light")}`,
    `@media (prefers-color-scheme:dark){${scope}${set("dark")}}`,
    `[data-jp-theme-light="true"] ${scope}${set("light", "--jp-layout-color0")}`,
    `[data-jp-theme-light="false"] ${scope}${set("dark", "--jp-layout-color0")}`,
    `.vscode-light ${scope}${set("light", "--vscode-editor-background")}`,
    `.vscode-dark ${scope}${set("dark", "--vscode-editor-background")}`,
    ...names.flatMap(([name, { light }]) =>
      ["fill", "stroke"].map((paint) => `${scope} [${paint}="${light}"]{${paint}:var(--${name})}`)
    ),
  ].join("\n");
}
