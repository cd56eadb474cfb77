// A painted picture whose numbers move: its parts are found once, then only their text and shape change.

import { readCard, readEdge } from "./card.js";
import { whenQuiet } from "./pace.js";

const RESTED = 150; // ms after the last state until its words follow

/** @typedef {import("./card.js").Structure} Structure */

export class Picture {
  /**
   * @param {SVGSVGElement} svg What was painted, on the page or about to be.
   * @param {Structure} structure
   */
  constructor(svg, structure) {
    this.svg = svg;
    this.structure = structure;
    isolate(this.svg);
    // A picture wider than its cell shrinks to half at most; then it scrolls, as the static figure does.
    this.svg.style.minWidth = `${Number(this.svg.getAttribute("width")) / 2}px`;
    const slots = new Map();
    for (const slot of this.svg.querySelectorAll("[data-slot]")) slots.set(slot.getAttribute("data-slot"), slot);
    const part = (/** @type {string} */ id) => (/** @type {string} */ name) => slots.get(`${id}.${name}`) ?? null;
    this.cards = structure.nodes.map(({ id }) => cardParts(this.svg, id, part(id)));
    this.edges = structure.edges.map(({ id }) => edgeParts(this.svg, id, part(id)));
    /** @type {Float64Array | null} */
    this.numbers = null;
    this.telling = whenQuiet(() => this.tell(), RESTED);
    this.description = this.svg.querySelector(":scope > desc");
  }

  /**
   * Shows a state of the graph. What is heard, or seen when the pointer rests, follows once nothing moves.
   * @param {Float64Array} numbers In the order of `Graph.numbers`.
   */
  show(numbers) {
    const isFirst = this.numbers === null;
    this.numbers = numbers;
    this.cards.forEach((parts, place) => {
      const card = readCard(this.structure, numbers, place);
      set(parts.group, "data-state", card.state);
      write(parts.tag, card.tag);
      write(parts.value, card.value);
      write(parts.grad, card.grad);
      if (card.fork !== null) write(parts.fork, card.fork);
      set(parts.bar, "x", card.bar.x);
      set(parts.bar, "width", card.bar.width);
    });
    this.edges.forEach((parts, place) => {
      const edge = readEdge(this.structure, numbers, place);
      if (edge === null) return;
      set(parts.group, "data-state", edge.state);
      set(parts.backward, "stroke-width", edge.width);
      set(parts.head, "transform", `${parts.pose} scale(1 ${edge.head})`);
      write(parts.contribution, edge.contribution);
      write(parts.product, edge.product);
    });
    if (isFirst) this.tell();
    else this.telling.wait();
  }

  /** Writes the words of the state that is shown: labels, tooltips and the description. */
  tell() {
    const numbers = /** @type {Float64Array} */ (this.numbers);
    /** @type {string[]} */
    const said = [];
    this.cards.forEach((parts, place) => {
      const { spoken, tooltip } = readCard(this.structure, numbers, place);
      said.push(`${spoken}.`);
      set(parts.group, "aria-label", spoken);
      write(parts.title, tooltip);
    });
    this.edges.forEach((parts, place) => {
      const edge = readEdge(this.structure, numbers, place);
      if (edge !== null) write(parts.title, edge.tooltip);
    });
    write(this.description, said.join(" "));
  }
}

/**
 * Makes an element of a painted SVG.
 * @param {string} markup
 */
export function parse(markup) {
  const parsed = new DOMParser().parseFromString(markup, "image/svg+xml").documentElement;
  return /** @type {SVGSVGElement} */ (document.importNode(parsed, true));
}

/** @typedef {(name: string) => Element | null} Part */

/** @param {Element} svg @param {string} id @param {Part} part */
const cardParts = (svg, id, part) => ({
  group: svg.querySelector(`[data-node="${id}"]`),
  title: part("title"),
  tag: part("tag"),
  value: part("value"),
  grad: part("grad"),
  bar: part("bar"),
  fork: part("fork"),
});

/** @param {Element} svg @param {string} id @param {Part} part */
const edgeParts = (svg, id, part) => ({
  group: svg.querySelector(`[data-edge="${id}"]`),
  title: part("title"),
  backward: part("backward"),
  head: part("head"),
  pose: part("head")?.getAttribute("transform")?.split(" scale")[0] ?? "",
  contribution: part("contribution"),
  product: part("product"),
});

/**
 * Writes text where it differs, into the text node that is there.
 * @param {Element | null} element
 * @param {string} text
 */
export function write(element, text) {
  if (element === null) return;
  const node = element.firstChild;
  if (node === null) element.append(text);
  else if (node.nodeValue !== text) node.nodeValue = text;
}

/**
 * Sets an attribute where it differs.
 * @param {Element | null} element
 * @param {string} name
 * @param {string | number} value
 */
function set(element, name, value) {
  const text = String(value);
  if (element !== null && element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/**
 * Gives the ids of a picture a prefix of their own: the same picture may stand on the page twice.
 * @param {Element} svg
 */
function isolate(svg) {
  const prefix = `gg${Math.random().toString(36).slice(2, 10)}-`;
  for (const element of svg.querySelectorAll("[id]")) element.id = prefix + element.id;
  for (const name of ["aria-labelledby", "aria-describedby"]) {
    const id = svg.getAttribute(name);
    if (id !== null) svg.setAttribute(name, prefix + id);
  }
}
