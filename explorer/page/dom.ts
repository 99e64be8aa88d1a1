/**
 * Creates elements of the page. Texts become text nodes only, never HTML.
 *
 * @module
 */

/** The value of an attribute. Null and false leave the attribute out. */
export type Attribute = string | number | boolean | null | ((event: Event) => void);

/** A child of an element; null leaves it out. */
export type Child = Node | string | null;

function fillIn<E extends Element>(
  element: E,
  attributes: Record<string, Attribute>,
  children: readonly Child[],
): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Creates an HTML element. An attribute such as `onclick` has a function as its value. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fillIn(document.createElement(tag), attributes, children);
}

/** Creates an SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return fillIn(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/**
 * Sets the text of an element if it differs from the present text, because each change costs a
 * layout.
 */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Returns the element with an id, which must be in `index.html`. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element;
}
