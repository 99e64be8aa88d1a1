/**
 * The tools at the top: find a word, copy the link, reset, light or dark.
 *
 * @module
 */
import { byId, h } from "./dom.ts";
import type { Filters } from "./filters/filters.ts";

const THEME = "explorer-theme";

/** Options of {@linkcode tools}. */
export interface ToolOptions {
  readonly filters: Filters;
  /**
   * Searches for a word, and returns whether the page is filtered by it now; null if there are no
   * texts.
   */
  readonly find: ((word: string) => Promise<boolean>) | null;
}

/** Adds the tools to the page. The returned `draw` updates them. */
export function tools({ filters, find }: ToolOptions) {
  const reset = h(
    "button",
    { type: "button", id: "reset", onclick: () => filters.reset() },
    "Reset",
  );
  const link = h("button", { type: "button", id: "link", onclick: copy }, "Copy link");
  const theme = h("button", { type: "button", id: "theme", onclick: () => setTheme(!isDark()) });

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      link.textContent = "Copied";
    } catch {
      link.textContent = "Copy it from the address bar";
    }
    setTimeout(() => link.textContent = "Copy link", 2_000);
  }

  function isDark(): boolean {
    const chosen = document.documentElement.dataset["theme"];
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function setTheme(dark: boolean): void {
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
    try {
      localStorage.setItem(THEME, dark ? "dark" : "light");
    } catch {
      // Without storage, the choice lasts only as long as the page.
    }
    draw();
  }

  function draw(): void {
    // A button that is really disabled would lose the focus.
    reset.setAttribute("aria-disabled", String(filters.active().length === 0));
    theme.textContent = isDark() ? "Light" : "Dark";
    theme.setAttribute("aria-label", isDark() ? "Use light colours" : "Use dark colours");
  }

  const input = h("input", {
    type: "search",
    name: "word",
    placeholder: "Find a word in the texts",
    "aria-label": "Find a word in the texts",
    minlength: 2,
    maxlength: 60,
  });
  const form = h("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      const word = input.value.trim();
      if (word.length < 2 || input.readOnly) return;
      input.readOnly = true;
      if (await find!(word)) input.value = "";
      input.readOnly = false;
    },
  }, input);
  byId("tools").replaceChildren(...(find ? [form] : []), reset, link, theme);
  draw();
  return { draw };
}

/** Restores the colours that the user chose before. */
export function restoreTheme(): void {
  try {
    const chosen = localStorage.getItem(THEME);
    if (chosen === "dark" || chosen === "light") document.documentElement.dataset["theme"] = chosen;
  } catch {
    // Without storage, the system's setting decides.
  }
}
