/**
 * Drawing no more often than the screen shows it.
 *
 * @module
 */

/** Makes a drawing that happens once, before the next frame, however often it is asked for. */
export function oncePerFrame(draw: () => void): () => void {
  let planned = false;
  return () => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => {
      planned = false;
      draw();
    });
  };
}
