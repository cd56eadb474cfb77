// Sliders of the page's own, for where no kernel brings any: a labelled range, and a field for an exact number.

import { formatAscii, formatShort } from "./number.js";

/**
 * @typedef {object} Control
 * @property {string} node
 * @property {string} name
 * @property {number} min
 * @property {number} max
 * @property {number | "any"} step
 * @property {number} value
 * @property {number} [element] Of an array, the place of the element that it moves.
 */

export class Controls {
  /**
   * @param {Control[]} controls
   * @param {() => void} moved Called when a value has changed by hand.
   * @param {(fault: string) => void} refuse Called with what is wrong with an entry, or with nothing.
   */
  constructor(controls, moved, refuse) {
    this.controls = controls;
    this.values = controls.map(({ value }) => value);
    this.moved = moved;
    this.refuse = refuse;
    this.element = document.createElement("div");
    this.element.className = "gg-controls";
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "Inputs");
    this.parts = controls.map((_, place) => this.build(place));
    controls.forEach((_, place) => this.write(place));
  }

  /**
   * Sets a value, unless it is out of range; says what is wrong with it.
   * @param {number} place
   * @param {number} value
   * @returns {string} Empty if nothing is.
   */
  set(place, value) {
    const { name, min, max } = this.controls[place];
    if (!(value >= min && value <= max)) {
      return `${name}: ${formatShort(value)} (must be between ${formatShort(min)} and ${formatShort(max)})`;
    }
    this.values[place] = value;
    this.write(place);
    return "";
  }

  /**
   * Makes one slider with its field.
   * @param {number} place
   */
  build(place) {
    const { name } = this.controls[place];
    const row = this.element.appendChild(document.createElement("div"));
    row.className = "gg-control";
    const label = row.appendChild(document.createElement("label"));
    const text = label.appendChild(document.createElement("span"));
    text.append(name);
    const range = label.appendChild(this.input(place, "range"));
    const field = row.appendChild(this.input(place, "number"));
    field.setAttribute("aria-label", `${name}, exact value`);
    range.addEventListener("input", () => this.enter(place, range.valueAsNumber, null));
    field.addEventListener("input", () => this.enter(place, field.valueAsNumber, field));
    field.addEventListener("change", () => this.commit(place, field));
    return { range, field };
  }

  /**
   * @param {number} place
   * @param {"range" | "number"} type
   */
  input(place, type) {
    const { min, max, step } = this.controls[place];
    const input = document.createElement("input");
    Object.assign(input, { type, min, max, step, autocomplete: "off" });
    // In a notebook the arrow keys are its own, except where this stands.
    input.setAttribute("data-lm-suppress-shortcuts", "");
    return input;
  }

  /**
   * What was dragged or is being typed counts as soon as it is a number in range.
   * @param {number} place
   * @param {number} value
   * @param {HTMLInputElement | null} typing The field that is left as it is.
   */
  enter(place, value, typing) {
    const { min, max } = this.controls[place];
    if (!(value >= min && value <= max)) return;
    this.values[place] = value;
    this.refuse("");
    this.parts.forEach(({ field }, other) => {
      if (other !== place && field.getAttribute("aria-invalid") === "true") this.write(other);
    });
    this.write(place, typing);
    this.moved();
  }

  /**
   * An entry is complete: it says what it stands for, or what is wrong with it.
   * @param {number} place
   * @param {HTMLInputElement} field
   */
  commit(place, field) {
    const { name } = this.controls[place];
    const value = field.valueAsNumber;
    const fault = Number.isNaN(value) ? `${name}: (must be a number)` : this.set(place, value);
    field.setAttribute("aria-invalid", String(fault !== ""));
    this.refuse(fault);
  }

  /**
   * Shows a value in its slider and field.
   * @param {number} place
   * @param {HTMLInputElement | null} [typing]
   */
  write(place, typing = null) {
    const { min, max } = this.controls[place];
    const { range, field } = this.parts[place];
    const value = this.values[place];
    const text = formatAscii(value);
    range.value = String(value);
    range.style.setProperty("--gg-fill", `${(100 * (value - min)) / (max - min)}%`);
    range.setAttribute("aria-valuetext", text);
    field.setAttribute("aria-invalid", "false");
    const full = String(value);
    // What the field has no room for loses its end, where the exponent is: then the digits give way.
    const isLong = full.includes("e") && full.length > 10;
    if (field !== typing) field.value = Number(text) === value || isLong ? text : full;
    field.title = full;
  }
}
