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

/**
 * Makes `children` the only children of an element, in this order. The child that has the focus is
 * not moved, because it would lose the focus. If it is removed, the focus goes to the child that
 * takes its place, or to `instead` if that child cannot have the focus.
 */
export function setChildren(
  parent: Element,
  children: readonly Element[],
  instead?: HTMLElement,
): void {
  const before = [...parent.children];
  const focused = before.findIndex((child) => child.contains(document.activeElement));
  const wanted = new Set(children);
  for (const child of [...parent.childNodes]) {
    if (!wanted.has(child as Element)) child.remove();
  }
  const fixed = focused < 0 ? -1 : children.indexOf(before[focused]!);
  /** Puts a child before another one, or at the end. */
  const put = (child: Element, next: Element | null) => {
    if (child.parentNode !== parent || child.nextSibling !== next) parent.insertBefore(child, next);
  };
  for (let at = children.length - 1; at > fixed; at--) put(children[at]!, children[at + 1] ?? null);
  for (let at = fixed - 1; at >= 0; at--) put(children[at]!, children[at + 1]!);
  if (focused >= 0 && fixed < 0) {
    const next = children[Math.min(focused, children.length - 1)];
    (next && focusable(next) || instead)?.focus({ preventScroll: true });
  }
}

/** Returns an element, or the first element in it, that can have the focus. */
function focusable(element: Element): HTMLElement | null {
  const test = "a[href], button";
  return element.matches(test) ? element as HTMLElement : element.querySelector(test);
}

/** Returns the element with an id, which must be in `index.html`. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element;
}
