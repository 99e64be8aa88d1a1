/**
 * Elements of the page. Text goes in as text nodes only, never as HTML.
 *
 * @module
 */

/** What an attribute may be; null and false leave it out. */
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

/** An HTML element; an attribute such as `onclick` takes a function. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fillIn(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return fillIn(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** The element with an id; it stands in `index.html`. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element;
}
