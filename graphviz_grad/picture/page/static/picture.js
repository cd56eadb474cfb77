// A painted picture whose numbers move: its parts are found once, then only their text and shape change.

import { readCard, readEdge } from "./card.js";
import { inSlices, RESTED, whenQuiet, withFrame } from "./pace.js";
import { cardParts, drawHead, edgeParts, set, write } from "./parts.js";
import { Section } from "./section.js";
import { Sight, tile } from "./sight.js";

const LARGE = 40; // nodes; of more, what is out of sight follows then, too
const SLICE = 60; // parts in a row, that no move has to wait for long

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
    this.parts = this.cards.length + this.edges.length;
    this.isLarge = this.cards.length >= LARGE;
    if (this.isLarge) for (const kind of ["nodes", "edges"]) tile(this.svg.querySelector(`.gg-${kind}`));
    /** Of each part whether it shows the present state: 1 or 0. */
    this.fresh = new Uint8Array(this.parts);
    this.sight = new Sight(this.svg, [...this.cards, ...this.edges].map(({ group }) => group));
    /** @type {Float64Array | null} */
    this.numbers = null;
    /** @type {string[]} Of every card. */
    this.said = [];
    this.isMoving = false;
    this.looking = withFrame(() => {
      this.sight.look();
      this.draw();
    });
    this.settling = inSlices(SLICE, (part) => this.settle(part), () => this.rest());
    this.resting = whenQuiet(() => {
      this.isMoving = false;
      this.settling.start(this.parts);
    }, RESTED);
    this.description = this.svg.querySelector(":scope > desc");
  }

  /**
   * Shows a state of the graph. What is heard, or seen when the pointer rests, follows once nothing moves; so does
   * what is out of sight in a large picture.
   * @param {Float64Array} numbers In the order of `Graph.numbers`.
   */
  show(numbers) {
    const isFirst = this.numbers === null;
    this.numbers = numbers;
    this.fresh.fill(0);
    this.settling.stop();
    if (isFirst) {
      for (let part = 0; part < this.parts; part += 1) this.settle(part);
      this.rest();
      return;
    }
    if (this.isMoving) this.svg.classList.remove("gg-ease"); // a drag is followed, a step is eased
    else if (this.isLarge) this.sight.look();
    this.isMoving = true;
    this.draw();
    if (this.isLarge) this.looking.wait();
    this.resting.wait();
  }

  /** Draws what has to follow at once. */
  draw() {
    const { seen } = this.sight;
    for (let part = 0; part < this.parts; part += 1) if (!this.isLarge || seen[part]) this.drawPart(part);
  }

  /** @param {number} part Of the cards, then the edges. */
  drawPart(part) {
    if (this.fresh[part]) return;
    this.fresh[part] = 1;
    const edge = part - this.cards.length;
    if (edge < 0) this.drawCard(part);
    else this.drawEdge(edge);
  }

  /** @param {number} place */
  drawCard(place) {
    const parts = this.cards[place];
    const card = readCard(this.structure, this.numbers, place);
    set(parts.group, "data-state", card.state);
    write(parts.tag, card.tag);
    write(parts.value, card.value);
    write(parts.grad, card.grad);
    if (card.values) parts.sections[0].show(card.values);
    if (card.slopes) parts.sections[1].show(card.slopes);
    if (card.fork !== null) write(parts.fork, card.fork);
    set(parts.bar, "x", card.bar.x);
    set(parts.bar, "width", card.bar.width);
  }

  /** @param {number} place */
  drawEdge(place) {
    const parts = this.edges[place];
    const edge = readEdge(this.structure, this.numbers, place);
    if (edge === null) return;
    set(parts.group, "data-state", edge.state);
    set(parts.backward, "stroke-width", edge.width);
    if (parts.pose !== null) set(parts.head, "d", drawHead(parts.pose, edge.head));
    write(parts.contribution, edge.contribution);
    if (edge.product !== null) write(parts.product, edge.product);
  }

  /**
   * Brings a part to the state that is shown, and its words: label and tooltip.
   * @param {number} part
   */
  settle(part) {
    this.drawPart(part);
    const place = part - this.cards.length;
    if (place < 0) {
      const { group, title } = this.cards[part];
      const { spoken, tooltip } = readCard(this.structure, this.numbers, part);
      this.said[part] = `${spoken}.`;
      set(group, "aria-label", spoken);
      write(title, tooltip);
    } else {
      const edge = readEdge(this.structure, this.numbers, place);
      if (edge !== null) write(this.edges[place].title, edge.tooltip);
    }
  }

  /** Ends a move, once every part is settled. */
  rest() {
    write(this.description, this.said.join(" "));
    if (!this.isLarge) this.svg.classList.add("gg-ease");
    this.svg.dispatchEvent(new Event("gg-rest", { bubbles: true })); // who shows the numbers elsewhere follows
  }

  /** Forgets what is still to be done. */
  stop() {
    this.resting.stop();
    this.settling.stop();
    this.looking.stop();
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
