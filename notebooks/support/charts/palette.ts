/**
 * The colours of the charts, each in a light and a dark form.
 *
 * Marks carry the light form as an attribute, so that every viewer of SVG can
 * draw them; the style sheet in the SVG swaps in the dark one. Blue and orange
 * are told apart by people of every kind of colour vision, and where they
 * touch, they also differ in lightness.
 *
 * @module
 */

/** One colour, as it is on light paper and on dark. */
export interface Colour {
  readonly light: string;
  readonly dark: string;
}

/** What is drawn in which colour. No two share a light form: the style sheet goes by it. */
export const PALETTE = {
  /** The ground that a chart is drawn on. */
  paper: { light: "#ffffff", dark: "#111418" },
  /** Titles and the numbers that matter. */
  ink: { light: "#1b1f24", dark: "#eceff3" },
  /** Axes, notes and units. */
  muted: { light: "#59626e", dark: "#a4aebb" },
  grid: { light: "#e2e6ea", dark: "#2b323b" },
  /** The subject of the chart. */
  accent: { light: "#1c6cb0", dark: "#62b0ee" },
  /** The subject, where it is incomplete. */
  accentPale: { light: "#a5c8e8", dark: "#2a527a" },
  /** What the subject is held against. */
  contrast: { light: "#b85200", dark: "#f5a04c" },
  contrastPale: { light: "#e9be98", dark: "#7a4a1c" },
  /** What is there, but is not the question. */
  neutral: { light: "#aeb7c2", dark: "#505b68" },
} as const satisfies Record<string, Colour>;

/** The light form of each colour: what marks are given. */
export const COLOUR = Object.fromEntries(
  Object.entries(PALETTE).map(([name, colour]) => [name, colour.light]),
) as { readonly [Name in keyof typeof PALETTE]: string };

const names = Object.entries(PALETTE);

/** Gives the colours their form; `paper` names the colour of the page, where it has one. */
function set(form: keyof Colour, paper?: string): string {
  const colours = names.map(([name, colour]) => `--${name}:${colour[form]}`);
  if (paper) colours.push(`--paper:var(${paper},${PALETTE.paper[form]})`);
  return `{${colours.join(";")}}`;
}

/**
 * The style sheet of a chart. Dark where the reader's system is dark; where the
 * chart stands in a page that has a theme of its own (JupyterLab, VS Code),
 * that theme decides. Viewers that know no custom properties keep the light
 * attributes.
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
