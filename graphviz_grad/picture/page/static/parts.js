// The parts of a painted picture that change, and how they are changed: only where they differ.

import { hundredths } from "./card.js";
import { STYLE } from "./constants.js";

/**
 * The parts of a card; what a reader without eyes needs is made where it was not painted.
 * @param {Element} group
 * @param {number} place
 */
export function cardParts(group, place) {
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
export function edgeParts(group) {
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
    product = add(group, "text", { class: "gg-product", x, y: hundredths(y + STYLE.LEADING) }, null);
  }
  return {
    group,
    title: part("title") ?? (backward && add(group, "title")),
    backward,
    head,
    pose: takePose(head),
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
 * Where a head points to, and along which direction. It is turned by hand from here on: what a transform turns is
 * painted wherever it is.
 * @param {Element | null} head
 */
function takePose(head) {
  const [x, y, degrees] = head?.getAttribute("transform")?.match(/-?[\d.]+/g)?.map(Number) ?? [];
  if (degrees === undefined) return null;
  head?.removeAttribute("transform");
  const turn = (degrees * Math.PI) / 180;
  return { x, y, along: Math.cos(turn), across: Math.sin(turn) };
}

/**
 * A head as path data.
 * @param {NonNullable<ReturnType<typeof takePose>>} pose
 * @param {number} scale Of its width.
 */
export function drawHead({ x, y, along, across }, scale) {
  const base = { x: x - STYLE.HEAD_LENGTH * along, y: y - STYLE.HEAD_LENGTH * across };
  const half = STYLE.HEAD_HALF * scale;
  const corner = (/** @type {number} */ side) => `${hundredths(base.x + side * across)} ${hundredths(base.y - side * along)}`;
  return `M${x} ${y}L${corner(half)}L${corner(-half)}Z`;
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
export function set(element, name, value) {
  const text = String(value);
  if (element !== null && element.getAttribute(name) !== text) element.setAttribute(name, text);
}
