// The live picture in a notebook: it moves with the sliders by passes of its own, and the kernel has the last word.

import { OwnSliders, settle } from "./alone.js";
import { announce } from "./card.js";
import { Inputs } from "./inputs.js";
import { walk } from "./keyboard.js";
import { pace, whenQuiet, withFrame } from "./pace.js";
import { write } from "./parts.js";
import { attachPanel } from "./panel.js";
import { parse, Picture } from "./picture.js";
import { Program } from "./replay.js";
import { awaitAnswers } from "./silence.js";
import { dressSliders } from "./sliders.js";
import { readStructure } from "./structure.js";
import { Tangents } from "./tangent.js";

const NUDGE = 8; // ms after a move: the kernel has begun to answer, the browser not yet to wait
const TRAITS = ["svg", "structure", "program", "slots", "note", "tangent", "twin", "heading"];
const ANSWERS = ["numbers", "at", "message"];

/**
 * @param {object} context
 * @param {import("@anywidget/types").AnyModel} context.model
 * @param {HTMLElement} context.el
 */
function render({ model, el }) {
  el.classList.add("gg-live");
  const message = region("gg-message", "role", "alert");
  const notice = region("gg-notice", "role", "status");
  const announcer = region("gg-announcer", "aria-live", "polite");
  const note = document.createElement("p");
  note.className = "gg-note";
  const figure = document.createElement("div");
  figure.className = "gg-figure";
  const cover = document.createElement("style");
  const tangents = new Tangents();
  const title = document.createElement("h3");
  const isAlone = Boolean(model.get("heading"));
  const place = isAlone ? settle(el, /gg gg-([\w-]+)/.exec(model.get("svg"))?.[1] ?? "") : { home: el, stop() {} };
  place.home.append(cover, tangents.element, message, notice, figure, note, announcer);

  /** @type {Picture | null} */
  let picture = null;
  let markup = "";
  let tape = "";
  /** @type {Program | null} */
  let program = null;
  let fault = "";
  let numbers = new Float64Array();
  let nudging = 0;
  let slip = "";

  /** Whether the kernel's numbers are of other values than the present ones: then they are not shown. */
  const isBehind = () => {
    const values = inputs.values;
    return values !== null && !values.every((value, place) => value === model.get("at")?.[place]);
  };
  const structure = () => readStructure(model.get("structure"));
  const read = () => {
    tape = model.get("program");
    program = null;
    fault = "";
    if (!tape) return;
    try {
      program = readProgram(tape, structure());
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error);
    }
  };
  const draw = () => {
    if (picture === null || model.get("svg") !== markup) {
      markup = model.get("svg");
      picture?.stop();
      picture = new Picture(parse(markup), structure());
      figure.replaceChildren(picture.svg);
    }
    if (model.get("program") !== tape) read();
    const isAhead = program !== null && isBehind();
    if (isAhead) numbers = /** @type {Program} */ (program).run(leaves(model.get("slots"), inputs.values ?? []));
    else {
      const sent = readNumbers(model.get("numbers"));
      if (sent.length === structure().size) numbers = sent;
    }
    plotting.wait(); // before the picture, which may look after the plots where it is
    picture.show(numbers);
    write(message, isAhead ? "" : model.get("message"));
    write(note, program === null && fault ? `Computed in the kernel: ${fault}` : model.get("note"));
    explain();
    if (isAlone) write(title, model.get("heading"));
    hide(cover, model.get("twin"));
  };
  const explain = () => {
    const state = inputs.isCut ? "The kernel is gone" : silence.isSilent ? "The kernel does not answer" : "";
    const rest = program === null ? "the picture stays where it was." : "this page computes the picture.";
    write(notice, slip || (state && `${state}; ${rest}`));
  };
  const plotting = withFrame(() => {
    const axes = model.get("tangent") ? inputs.axes(model.get("slots")) : [];
    tangents.show(program, structure(), axes, numbers);
  });
  const drawing = pace(draw);
  const speaking = whenQuiet(() => write(announcer, announce(structure(), numbers)));
  const follow = () => {
    drawing.follow();
    speaking.wait();
  };
  const silence = awaitAnswers(isBehind, explain);
  const inputs = new Inputs(model, () => {
    silence.moved();
    if (isAlone) sliders.show();
    if (program === null) explain();
    else follow();
  });
  const sliders = new OwnSliders(inputs, (fault) => {
    slip = fault;
    explain();
  });
  if (isAlone) cover.after(title, sliders.element);
  const answer = () => {
    silence.answered();
    if (program === null || !isBehind()) follow(); // else the page is ahead of it
  };

  draw();
  const stopWalking = walk(figure, () => picture);
  const panel = attachPanel(figure, () => picture);
  // Of the kernel's answer to a move the server sends the first packet ("busy") and, by Nagle's algorithm, keeps
  // the rest until the browser has acknowledged it, for which browsers take 40 ms, unless they have something to
  // say. So the page says a word, if it depends on the answer. Like every trait it is throttled: one on its way,
  // however many moves.
  const stopDressing = dressSliders(el, () => {
    if (program !== null) return;
    nudging ||= setTimeout(() => {
      nudging = 0;
      model.set("nudge", model.get("nudge") + 1);
      model.save_changes();
    }, NUDGE);
  });
  for (const trait of ANSWERS) model.on(`change:${trait}`, answer);
  for (const trait of TRAITS) model.on(`change:${trait}`, follow);
  return () => {
    for (const trait of ANSWERS) model.off(`change:${trait}`, answer);
    for (const trait of TRAITS) model.off(`change:${trait}`, follow);
    picture?.stop();
    inputs.stop();
    silence.stop();
    drawing.stop();
    plotting.stop();
    tangents.stop();
    speaking.stop();
    clearTimeout(nudging);
    stopWalking();
    panel.stop();
    stopDressing();
    place.stop();
    el.replaceChildren(); // ipywidgets keeps the views of its sliders, and with them all that they stand beside
  };
}

/**
 * @param {string} tape
 * @param {import("./card.js").Structure} structure
 */
function readProgram(tape, { size }) {
  const program = new Program(JSON.parse(tape));
  if (program.run().length !== size) {
    throw new Error("program and picture do not belong together");
  }
  return program;
}

/**
 * The values of the leaves by slot.
 * @param {import("./program.js").Leaf[]} slots For each input its leaf's; -1 where it moves nothing.
 * @param {number[]} values Of the inputs.
 */
function leaves(slots, values) {
  const moved = new Map();
  slots.forEach((slot, place) => slot !== -1 && moved.set(slot, values[place]));
  return moved;
}

/** @param {string} className @param {string} name @param {string} value */
function region(className, name, value) {
  const made = document.createElement("p");
  made.className = className;
  made.setAttribute(name, value);
  return made;
}

/**
 * Hides the figure that a saved notebook shows instead, for as long as this view is on the page.
 * @param {HTMLStyleElement} cover
 * @param {string | undefined} twin
 */
function hide(cover, twin) {
  // Child by child: a browser would look for a descendant in the whole picture, and again whenever it changes.
  const output = `.jp-OutputArea-child:has(> .jp-OutputArea-output > .gg-${twin})`;
  const rule = twin ? `${output}, .gg-${twin} { display: none; }` : "";
  if (cover.textContent !== rule) cover.textContent = rule;
}

/**
 * Little-endian float64, wherever in its buffer it begins.
 * @param {DataView} bytes
 */
function readNumbers(bytes) {
  return Float64Array.from({ length: bytes.byteLength / 8 }, (_, place) => bytes.getFloat64(8 * place, true));
}

export default { render };
