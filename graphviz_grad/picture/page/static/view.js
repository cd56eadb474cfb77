// The live picture in the page: paints a structure once, then follows the numbers that the kernel sends.

import { parse, Picture } from "./picture.js";
import { announce } from "./card.js";
import { walk } from "./keyboard.js";
import { pace, whenQuiet } from "./pace.js";
import { dressSliders } from "./sliders.js";

const NUDGE = 8; // ms after a move: the kernel has begun to answer, the browser not yet to wait

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
  let nudging = 0;

  const draw = () => {
    if (picture === null || model.get("svg") !== markup) {
      markup = model.get("svg");
      picture = new Picture(parse(markup), model.get("structure"));
      figure.replaceChildren(picture.svg);
    }
    picture.show(readNumbers(model.get("numbers")));
    const text = model.get("message");
    if (message.textContent !== text) message.textContent = text;
  };
  const drawing = pace(draw);
  const speaking = whenQuiet(() => {
    announcer.textContent = announce(model.get("structure"), readNumbers(model.get("numbers")));
  });
  const follow = () => {
    drawing.follow();
    speaking.wait();
  };
  const traits = ["svg", "structure", "numbers", "message"];

  draw();
  const stopWalking = walk(figure, () => picture);
  // Of the kernel's answer to a move the server sends the first packet ("busy") and, by Nagle's algorithm, keeps
  // the rest until the browser has acknowledged it, for which browsers take 40 ms, unless they have something to
  // say. So the page says a word. Like every trait it is throttled: one on its way, however many moves.
  const stopDressing = dressSliders(el, () => {
    nudging ||= setTimeout(() => {
      nudging = 0;
      model.set("nudge", model.get("nudge") + 1);
      model.save_changes();
    }, NUDGE);
  });
  for (const trait of traits) model.on(`change:${trait}`, follow);
  return () => {
    for (const trait of traits) model.off(`change:${trait}`, follow);
    drawing.stop();
    speaking.stop();
    clearTimeout(nudging);
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
