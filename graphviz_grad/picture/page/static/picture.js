// A painted picture whose numbers move: its parts are found once, then only their text and shape change.

import { readCard, readEdge, round } from "./card.js";
import { STYLE } from "./constants.js";
import { whenQuiet } from "./pace.js";
import { Section } from "./section.js";

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
    const groups = (/** @type {string} */ kind) => [...this.svg.querySelectorAll(`[data-${kind}]`)];
    this.cards = groups("node").map((group, place) => {
      const { id, at = [] } = structure.nodes[place];
      const sections = at.map((_, part) => new Section(group, `${id}.${["value", "grad"][part]}`));
      return { ...cardParts(group, place), sections };
    });
    this.edges = groups("edge").map(edgeParts);
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
      if (card.values) parts.sections[0].show(card.values);
      if (card.slopes) parts.sections[1].show(card.slopes);
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
      if (edge.product !== null) write(parts.product, edge.product);
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

/**
 * The parts of a card; what a reader without eyes needs is made where it was not painted.
 * @param {Element} group
 * @param {number} place
 */
function cardParts(group, place) {
  const part = partOf(group);
  if (!group.hasAttribute("role")) {
    group.setAttribute("role", "graphics-object img");
    group.setAttribute("tabindex", place === 0 ? "0" : "-1");
  }
  return {
    group,
    title: part("title") ?? add(group, "title"),
    tag: part(".gg-tag"),
    value: part("[data-slot$='.value']"),
    grad: part("[data-slot$='.grad']"),
    bar: part(".gg-bar"),
    fork: part(".gg-fork"),
  };
}

/**
 * The parts of an edge; what the pointer finds is made where it was not painted.
 * @param {Element} group
 */
function edgeParts(group) {
  const part = partOf(group);
  const backward = part(".gg-backward");
  const head = part(".gg-head");
  const contribution = part(".gg-contribution");
  if (backward && !part(".gg-hit")) {
    const lanes = [part(".gg-forward"), backward].map((lane) => lane?.getAttribute("d"));
    set(add(group, "path", { class: "gg-hit" }), "d", lanes.join(""));
  }
  let product = part(".gg-product");
  if (contribution && !product) { // of a large graph, where it shows only when the pointer rests
    const [x, y] = ["x", "y"].map((name) => Number(contribution.getAttribute(name)));
    product = add(group, "text", { class: "gg-product", x, y: round(y + STYLE.LEADING) }, null);
  }
  return {
    group,
    title: part("title") ?? (backward && add(group, "title")),
    backward,
    head,
    pose: head?.getAttribute("transform")?.split(" scale")[0] ?? "",
    contribution,
    product,
  };
}

/** @param {Element} group */
const partOf = (group) => (/** @type {string} */ selector) => group.querySelector(`:scope > ${selector}`);

/**
 * Makes an element in a group, behind everything unless told before what.
 * @param {Element} group
 * @param {string} name
 * @param {Record<string, string | number>} [attributes]
 * @param {Node | null} [before]
 */
function add(group, name, attributes = {}, before = group.firstChild) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) set(made, key, value);
  return group.insertBefore(made, before);
}

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
