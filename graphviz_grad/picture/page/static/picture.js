// A painted picture whose numbers move: its parts are found once, then only their text and shape change.

import { readCard, readEdge } from "./card.js";

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
    this.description = this.svg.querySelector(":scope > desc");
  }

  /**
   * Shows a state of the graph.
   * @param {Float64Array} numbers In the order of `Graph.numbers`.
   */
  show(numbers) {
    /** @type {string[]} */
    const said = [];
    this.cards.forEach((parts, place) => {
      const card = readCard(this.structure, numbers, place);
      said.push(`${card.spoken}.`);
      set(parts.group, "data-state", card.state);
      set(parts.group, "aria-label", card.spoken);
      write(parts.tag, card.tag);
      write(parts.value, card.value);
      write(parts.grad, card.grad);
      write(parts.title, card.tooltip);
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
      write(parts.title, edge.tooltip);
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
