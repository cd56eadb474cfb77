// Where a host shows the picture without ipywidgets' box around it, as marimo does: heading and sliders of its own.

import { Controls } from "./controls.js";

/** @typedef {import("./inputs.js").Inputs} Inputs */

/**
 * Makes a home for the picture that says what ipywidgets' box and JupyterLab say elsewhere: theme and lightness.
 * @param {HTMLElement} el
 * @param {string} theme
 */
export function settle(el, theme) {
  const home = el.appendChild(document.createElement("div"));
  home.className = `gg-explorer gg-${theme}`;
  const tell = () => {
    const scheme = getComputedStyle(el).colorScheme;
    if (scheme === "light" || scheme === "dark") el.setAttribute("data-jp-theme-light", String(scheme === "light"));
    else el.removeAttribute("data-jp-theme-light");
  };
  const arrival = new ResizeObserver(tell);
  arrival.observe(el);
  const changes = new MutationObserver(tell);
  for (const host of [document.documentElement, document.body]) changes.observe(host, { attributes: true });
  return {
    home,
    stop: () => {
      arrival.disconnect();
      changes.disconnect();
    },
  };
}

/** Native sliders over the models of ipywidgets' sliders, which the kernel follows and moves. */
export class OwnSliders {
  /**
   * @param {Inputs} inputs
   * @param {(fault: string) => void} refuse Called with what is wrong with an entry, or with nothing.
   */
  constructor(inputs, refuse) {
    this.inputs = inputs;
    this.refuse = refuse;
    this.element = document.createElement("div");
    this.key = "";
    /** @type {Controls | null} */
    this.controls = null;
  }

  /** Shows where the models stand; makes the sliders anew if their ranges are others. */
  show() {
    const given = this.inputs.controls;
    const key = JSON.stringify(given.map(({ name, min, max, step }) => [name, min, max, step]));
    if (key !== this.key) {
      const made = new Controls(given, () => this.inputs.move(made.values), this.refuse);
      this.key = key;
      this.controls = made;
      this.element.replaceChildren(made.element);
    }
    given.forEach(({ value }, place) => {
      if (this.controls?.values[place] !== value) this.controls?.set(place, value);
    });
  }
}
