// The live picture in the page: paints a structure once, then follows the numbers that the kernel sends.

import { Picture } from "./picture.js";
import { announce } from "./card.js";
import { walk } from "./keyboard.js";
import { dressSliders } from "./sliders.js";

const QUIET = 600; // ms after the last move until it is read aloud

/**
 * @param {object} context
 * @param {import("@anywidget/types").AnyModel} context.model
 * @param {HTMLElement} context.el
 */
function render({ model, el }) {
  el.classList.add("gg-live");
  const figure = document.createElement("div");
  figure.className = "gg-figure";
  const message = document.createElement("p");
  message.className = "gg-message";
  message.setAttribute("role", "alert");
  const announcer = document.createElement("p");
  announcer.className = "gg-announcer";
  announcer.setAttribute("aria-live", "polite");
  el.append(message, figure, announcer);

  /** @type {Picture | null} */
  let picture = null;
  let markup = "";
  let frame = 0;
  let quiet = 0;

  /** However many messages have come since the last frame, the last state is drawn once. */
  const draw = () => {
    frame = 0;
    if (picture === null || model.get("svg") !== markup) {
      markup = model.get("svg");
      picture = new Picture(markup, model.get("structure"));
      figure.replaceChildren(picture.svg);
    }
    const numbers = readNumbers(model.get("numbers"));
    picture.show(numbers);
    const text = model.get("message");
    if (message.textContent !== text) message.textContent = text;
    return numbers;
  };
  const follow = () => {
    frame ||= requestAnimationFrame(() => {
      const numbers = draw();
      clearTimeout(quiet);
      quiet = setTimeout(() => (announcer.textContent = announce(model.get("structure"), numbers)), QUIET);
    });
  };
  const traits = ["svg", "structure", "numbers", "message"];

  draw();
  const stopWalking = walk(figure, () => picture);
  const stopDressing = dressSliders(el);
  for (const trait of traits) model.on(`change:${trait}`, follow);
  return () => {
    for (const trait of traits) model.off(`change:${trait}`, follow);
    cancelAnimationFrame(frame);
    clearTimeout(quiet);
    stopWalking();
    stopDressing();
  };
}

/**
 * Little-endian float64, wherever in its buffer it begins.
 * @param {DataView} bytes
 */
function readNumbers(bytes) {
  return Float64Array.from({ length: bytes.byteLength / 8 }, (_, place) => bytes.getFloat64(8 * place, true));
}

export default { render };
