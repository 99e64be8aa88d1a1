/**
 * Selects a range of bars. The user drags to create a range, drags the range to move it, and
 * double-clicks or presses Escape to clear it. Two sliders at its ends do the same with the
 * keyboard.
 *
 * @module
 */
import { h } from "../dom.ts";

/** Options of {@linkcode brush}. */
export interface BrushOptions {
  /** The element that the brush covers. */
  readonly frame: HTMLElement;
  readonly title: string;
  readonly slots: () => number;
  /** Returns the left edge of a bar in pixels. */
  readonly x: (slot: number) => number;
  /** Returns the bar at a position in pixels. */
  readonly slotAt: (px: number) => number;
  /** The pixels above and below the bars. */
  readonly top: number;
  readonly bottom: number;
  readonly label: (from: number, to: number) => string;
  readonly chosen: () => readonly [number, number] | null;
  readonly choose: (range: readonly [number, number] | null) => void;
}

/** Page Up and Page Down move a slider by this share of all bars. */
const PAGE = 1 / 12;

/** Creates a brush. */
export function brush(options: BrushOptions) {
  const { frame, title, slots, x, slotAt, top, bottom, label, chosen, choose } = options;
  const band = h("div", { class: "band", hidden: true });
  const area = h("div", { class: "brush" }, band);
  const ends = (["from", "to"] as const).map((end): HTMLElement => {
    const element = h("div", {
      class: `end ${end}`,
      role: "slider",
      tabindex: 0,
      "aria-label": `${title}, ${end}`,
      "aria-valuemin": 0,
    });
    element.addEventListener("keydown", (event) => key(event, end));
    return element;
  }) as HTMLElement[];
  area.append(...ends);
  frame.append(area);

  const clamp = (slot: number) => Math.max(0, Math.min(slot, slots() - 1));

  let drag: { from: number; moving: readonly [number, number] | null; fixed: number } | null = null;

  function slotOf(event: PointerEvent): number {
    return clamp(slotAt(event.clientX - frame.getBoundingClientRect().left));
  }

  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const slot = slotOf(event);
    const range = chosen();
    const at = ends.indexOf(event.target as HTMLElement);
    const inside = range && slot >= range[0] && slot <= range[1] && !event.shiftKey;
    drag = {
      from: slot,
      moving: at < 0 && inside ? range : null,
      fixed: at >= 0 && range ? range[1 - at]! : slot,
    };
    area.setPointerCapture(event.pointerId);
  });
  area.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const slot = slotOf(event);
    if (drag.moving) {
      const [from, to] = drag.moving;
      const by = Math.max(-from, Math.min(slot - drag.from, slots() - 1 - to));
      put([from + by, to + by]);
    } else {
      put([Math.min(drag.fixed, slot), Math.max(drag.fixed, slot)]);
    }
  });
  const end = () => drag = null;
  area.addEventListener("pointerup", end);
  area.addEventListener("pointercancel", end);
  area.addEventListener("dblclick", () => choose(null));

  function put(range: readonly [number, number]): void {
    const now = chosen();
    if (now && now[0] === range[0] && now[1] === range[1]) return;
    choose(range[0] === 0 && range[1] === slots() - 1 ? null : range);
    draw();
  }

  function key(event: KeyboardEvent, end: "from" | "to"): void {
    const [from, to] = chosen() ?? [0, slots() - 1];
    const page = Math.max(1, Math.round(slots() * PAGE));
    const by: Record<string, number> = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageDown: -page,
      PageUp: page,
      Home: -slots(),
      End: slots(),
    };
    if (event.key === "Escape") choose(null);
    else if (by[event.key] !== undefined) {
      const step = by[event.key]!;
      // Shift moves the whole range.
      if (event.shiftKey) {
        const shift = Math.max(-from, Math.min(step, slots() - 1 - to));
        put([from + shift, to + shift]);
      } else if (end === "from") put([Math.min(clamp(from + step), to), to]);
      else put([from, Math.max(clamp(to + step), from)]);
    } else return;
    event.preventDefault();
    draw();
  }

  function draw(): void {
    const range = chosen();
    const [from, to] = range ?? [0, slots() - 1];
    area.style.top = `${top}px`;
    area.style.bottom = `${bottom}px`;
    band.hidden = range === null;
    band.style.left = `${x(from)}px`;
    band.style.width = `${x(to + 1) - x(from)}px`;
    ends.forEach((element, at) => {
      element.style.left = `${at === 0 ? x(from) : x(to + 1)}px`;
      element.classList.toggle("idle", range === null);
      element.setAttribute("aria-valuemax", String(slots() - 1));
      element.setAttribute("aria-valuenow", String(at === 0 ? from : to));
      const slot = at === 0 ? from : to;
      element.setAttribute("aria-valuetext", label(slot, slot));
    });
  }

  return { draw };
}
