// What ipywidgets' sliders lack: a name for the handle, arrow keys that the notebook does not take away, and a track
// that is filled up to the handle.

/**
 * Mends the sliders of the explorer that an element is in, from when it is on the page.
 * @param {HTMLElement} el
 * @param {() => void} moved Called after a handle has moved.
 * @returns {() => void} Stops watching for new ones.
 */
export function dressSliders(el, moved) {
  /** @type {Element | null} */
  let explorer = null;
  const dress = () => {
    for (const slider of explorer?.querySelectorAll(".gg-sliders .widget-slider") ?? []) {
      const name = slider.querySelector(".widget-label")?.textContent ?? "";
      const handle = slider.querySelector(".noUi-handle");
      const readout = slider.querySelector(".widget-readout");
      handle?.setAttribute("aria-label", name);
      handle?.setAttribute("data-lm-suppress-shortcuts", "");
      readout?.setAttribute("aria-label", `${name}, value`);
      readout?.setAttribute("role", "textbox");
      const origin = slider.querySelector(".noUi-origin");
      if (origin === null) continue;
      fill(origin);
      moves.observe(origin, { attributeFilter: ["style"] });
    }
  };
  const moves = new MutationObserver((changes) => {
    for (const { target } of changes) fill(/** @type {Element} */ (target));
    moved();
  });
  const newcomers = new MutationObserver(dress);
  const arrival = new ResizeObserver(() => {
    explorer = el.closest(".gg-explorer");
    if (explorer === null) return;
    dress();
    newcomers.observe(explorer, { childList: true, subtree: true });
    arrival.disconnect();
  });
  arrival.observe(el);
  return () => {
    arrival.disconnect();
    newcomers.disconnect();
    moves.disconnect();
  };
}

/**
 * Tells the track where its handle is. noUiSlider shifts an origin that is a tenth of the track to the left.
 * @param {Element} origin
 */
function fill(origin) {
  const shift = /translate\(-?([\d.]+)%/.exec(origin.getAttribute("style") ?? "");
  const target = /** @type {HTMLElement | null} */ (origin.closest(".noUi-target"));
  if (shift) target?.style.setProperty("--gg-fill", `${100 - Number(shift[1]) / 10}%`);
}
