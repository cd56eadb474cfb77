// What ipywidgets' sliders lack: a name for the handle, and arrow keys that the notebook does not take away.

/**
 * Mends the sliders of the explorer that an element is in, from when it is on the page.
 * @param {HTMLElement} el
 * @returns {() => void} Stops watching for new ones.
 */
export function dressSliders(el) {
  /** @type {Element | null} */
  let explorer = null;
  const dress = () => {
    for (const slider of explorer?.querySelectorAll(".gg-sliders .widget-slider") ?? []) {
      const name = slider.querySelector(".widget-label")?.textContent ?? "";
      const handle = slider.querySelector(".noUi-handle");
      const readout = slider.querySelector(".widget-readout");
      handle?.setAttribute("aria-label", name);
      handle?.setAttribute("data-lm-suppress-shortcuts", "");
      readout?.setAttribute("aria-label", `${name}, exact value`);
      readout?.setAttribute("role", "textbox");
    }
  };
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
  };
}
