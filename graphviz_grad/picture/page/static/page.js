// A live picture without a kernel: its own sliders, and both passes at every move.

import { Controls } from "./controls.js";
import { readFragment, writeFragment } from "./fragment.js";
import { walk } from "./keyboard.js";
import { pace, whenQuiet, withFrame } from "./pace.js";
import { attachPanel } from "./panel.js";
import { parse, Picture } from "./picture.js";
import { Program } from "./replay.js";
import { readStructure } from "./structure.js";
import { Table } from "./table.js";
import { Tangents } from "./tangent.js";
import { announce } from "./card.js";

const SETTLED = 250; // ms after the last move until the URL follows; browsers refuse to be told more often
const FAULTS_SHOWN = 3;
const IMAGE = "data:image/svg+xml;base64,";

/**
 * What Python has written into the page (`page/content.py`).
 * @typedef {object} Data
 * @property {Parameters<typeof readStructure>[0]} structure
 * @property {object} program
 * @property {import("./controls.js").Control[]} controls
 * @property {boolean} tangent Whether to plot the output against each slider.
 */

/**
 * Makes every picture of this mark live that is not yet; in a notebook, as soon as somebody looks at it.
 * @param {string} mark Of what this very script was written for.
 */
export function startAll(mark) {
  const arrivals = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      arrivals.unobserve(target);
      start(/** @type {HTMLElement} */ (target));
    }
  });
  for (const root of document.querySelectorAll(`[data-gg-page="${mark}"]`)) {
    root.setAttribute("data-gg-page", "seen");
    if (root.hasAttribute("data-gg-linked")) start(/** @type {HTMLElement} */ (root));
    else arrivals.observe(root);
  }
}

/**
 * Makes one picture live; if that cannot be, it stays as it is and says why.
 * @param {HTMLElement} root
 */
export function start(root) {
  const notice = paragraph("gg-notice", "role", "status");
  try {
    run(root, notice);
  } catch (error) {
    notice.className = "gg-message";
    notice.setAttribute("role", "alert");
    notice.textContent = `This picture cannot move here: ${error instanceof Error ? error.message : error}`;
    root.prepend(notice);
  }
}

/**
 * @param {HTMLElement} root
 * @param {HTMLElement} notice
 */
function run(root, notice) {
  const text = root.querySelector("script[type='application/json']")?.textContent ?? "";
  const { structure: said, program: tape, controls: given, tangent } = /** @type {Data} */ (JSON.parse(text));
  const structure = readStructure(said);
  const program = new Program(tape);
  const figure = /** @type {HTMLElement} */ (root.querySelector("svg, img")?.parentElement);
  const controls = new Controls(
    given,
    () => moved(),
    (fault) => say(fault ? [fault] : []),
  );
  const names = given.map(({ name }) => name);
  const slots = given.map(({ node, element }) => {
    const slot = Number(node.slice(1));
    return element === undefined ? slot : `${slot},${element}`;
  });
  let numbers = new Float64Array();
  const compute = () => {
    numbers = program.run(new Map(slots.map((slot, place) => [slot, controls.values[place]])));
  };
  compute(); // what is wrong with the program shows before anything on the page has changed
  if (numbers.length !== structure.size) {
    throw new Error("program and picture do not belong together");
  }
  const picture = new Picture(figure.querySelector("svg") ?? unpack(figure), structure);
  figure.className = "gg-figure";
  const table = new Table(/** @type {HTMLDetailsElement} */ (root.querySelector("details")), structure);
  const announcer = paragraph("gg-announcer", "aria-live", "polite");
  const tangents = tangent ? new Tangents() : null; // without them the page does without their code
  figure.before(controls.element, notice, ...(tangents ? [tangents.element] : []));
  figure.after(announcer);
  walk(figure, () => picture);
  if (structure.nodes.some(({ at }) => at)) attachPanel(figure, () => picture);

  const draw = () => {
    compute();
    plotting.wait(); // before the picture, which may look after the plots where it is
    picture.show(numbers);
    if (table.details.open) table.show(numbers);
  };
  const axes = given.map(({ min, max }, place) => ({ slot: slots[place], min, max }));
  const plotting = withFrame(() => tangents?.show(program, structure, axes, numbers));
  const drawing = pace(draw);
  const speaking = whenQuiet(() => {
    announcer.textContent = announce(structure, numbers);
    table.show(numbers);
  });
  const linking = whenQuiet(() => {
    history.replaceState(history.state, "", writeFragment(names, controls.values));
  }, SETTLED);
  // A document without a URL of its own (a notebook, an iframe's srcdoc) keeps no state there.
  const isLinked = root.hasAttribute("data-gg-linked") && location.protocol !== "about:";
  const moved = () => {
    drawing.follow();
    speaking.wait();
    if (isLinked) linking.wait();
  };
  const say = (/** @type {string[]} */ faults) => {
    const more = faults.length - FAULTS_SHOWN;
    notice.textContent = faults.slice(0, FAULTS_SHOWN).join("; ") + (more > 0 ? `; and ${more} more` : "");
  };
  const follow = () => {
    const { values, faults } = readFragment(location.hash, names);
    // One address, one picture: what it does not name stands as at first, unless the address is faulty.
    const others = (place) => (faults.length ? controls.values[place] : given[place].value);
    const refused = given.map((_, place) => controls.set(place, values.get(place) ?? others(place)));
    say([...faults, ...refused.filter(Boolean)]);
    draw();
    table.show(numbers);
    speaking.wait();
  };
  addEventListener("beforeprint", () => table.show(numbers));
  table.details.addEventListener("toggle", () => table.show(numbers));
  if (isLinked) {
    addEventListener("hashchange", follow);
    follow();
  } else draw();
}

/**
 * The picture that an image shows, in its place.
 * @param {HTMLElement} figure
 */
function unpack(figure) {
  const image = /** @type {HTMLImageElement} */ (figure.querySelector("img"));
  const bytes = Uint8Array.from(atob(image.src.slice(IMAGE.length)), (char) => char.charCodeAt(0));
  const svg = parse(new TextDecoder().decode(bytes));
  image.replaceWith(svg);
  return svg;
}

/** @param {string} className @param {string} name @param {string} value */
function paragraph(className, name, value) {
  const made = document.createElement("p");
  made.className = className;
  made.setAttribute(name, value);
  return made;
}
