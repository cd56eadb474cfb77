// What the cards and edges say, from the numbers: the rules of picture/card.py and picture/caption.py.

import { STYLE } from "./constants.js";
import { arrayWords, elementsState, extentText, faultOf, inFull, magnitude } from "./elements.js";
import { formatAscii, formatFull, formatNumber, formatShort, formatTyped } from "./number.js";
import { broughtElements, elementsOf } from "./structure.js";

/**
 * @typedef {import("./structure.js").Structure} Structure
 * @typedef {import("./structure.js").Node} Node
 */

const WARNING = "\u26A0";

/**
 * What one card says; what nobody reads while it moves is said when it is asked for.
 * @param {Structure} structure
 * @param {Float64Array} numbers In the order of `Graph.numbers`.
 * @param {number} place
 */
export function readCard({ nodes }, numbers, place) {
  const node = nodes[place];
  const number = numbers[2 * place];
  const gradient = node.grad === null ? numbers[2 * place + 1] : NaN;
  const value = node.value ?? formatTyped(number, node.type);
  const grad = node.grad ?? formatNumber(gradient);
  const [values, slopes] = [elementsOf(node, numbers, 0), elementsOf(node, numbers, 1)];
  const fault = values && faultOf(values);
  const slopeFault = slopes && faultOf(slopes);
  let state = "";
  let tag = node.rest;
  if (fault) {
    state = "nan";
    tag = `${WARNING} ${cause(nodes, numbers, node, fault)}`;
  } else if (slopeFault) {
    state = "nan";
    tag = `${WARNING} ∂ ${slopeFault}`;
  } else if (node.type === "float" && !Number.isFinite(number)) {
    state = "nan";
    tag = `${WARNING} ${cause(nodes, numbers, node, value)}`;
  } else if (node.grad === null && !Number.isFinite(gradient)) {
    state = "nan";
    tag = `${WARNING} ∂ ${grad}`;
  } else if (node.type !== "array") {
    state = saturation(node.op, number);
    if (state && !node.changed) tag = state;
  }
  return {
    state,
    tag,
    value,
    grad,
    values,
    slopes,
    bar: bar(slopes ? magnitude(slopes) : gradient),
    fork: node.uses && fork(node.uses.map((edge) => formatNumber(contributionOf(nodes, numbers, edge)))),
    get spoken() {
      return speak(node, values ? arrayWords(values) : value, slopes ? arrayWords(slopes) : grad, state);
    },
    get tooltip() {
      const told = slopes ? inFull(slopes) : formatFull(gradient);
      return tooltip(node, values ? inFull(values) : formatTypedFull(number, node.type), told);
    },
  };
}

/**
 * What one edge says, if it brings anything.
 * @param {Structure} structure
 * @param {Float64Array} numbers
 * @param {number} place
 */
export function readEdge({ nodes, edges }, numbers, place) {
  const edge = edges[place];
  const brought = broughtElements({ nodes, edges }, numbers, place);
  if (brought !== null) return readArrayEdge(brought);
  if (!edge.live) return null;
  const contribution = contributionOf(nodes, numbers, place);
  const upstream = numbers[2 * edge.child + 1];
  const partial = numbers[2 * (nodes.length + place)];
  const width = laneWidth(contribution);
  const state = laneState(contribution);
  const text = formatNumber(contribution);
  return {
    state,
    width,
    head: headScale(width),
    contribution: state === "nan" ? `${WARNING} ${text}` : text,
    product: edge.scalar ? `${formatNumber(upstream)} × ${formatNumber(partial)}` : null, // what is painted stays
    get tooltip() {
      const product = edge.scalar ? ` = ${formatFull(upstream)} × ${formatFull(partial)}` : "";
      return `contribution ${formatFull(contribution)}${product}`;
    },
  };
}

/** @param {import("./elements.js").Elements} brought */
function readArrayEdge(brought) {
  const width = laneWidth(magnitude(brought));
  const state = elementsState(brought);
  const text = extentText(brought);
  return {
    state,
    width,
    head: headScale(width),
    contribution: state === "nan" ? `${WARNING} ${text}` : text,
    product: null, // its words stay
    get tooltip() {
      return `contribution ${inFull(brought)}`;
    },
  };
}

/**
 * A state in one sentence, to be read aloud: outputs and the gradients of leaves.
 * @param {Structure} structure
 * @param {Float64Array} numbers
 */
export function announce({ nodes, outputs }, numbers) {
  const values = outputs.map((place) => `${nodes[place].name} ${formatAscii(numbers[2 * place])}`);
  const gradients = nodes.flatMap((node, place) => {
    const slopes = elementsOf(node, numbers, 1);
    if (node.op !== null || (node.grad !== null && slopes === null)) return [];
    return `${node.name} ${slopes ? arrayWords(slopes) : formatAscii(numbers[2 * place + 1])}`;
  });
  const flow = gradients.length ? `; gradient of ${gradients.join(", of ")}` : "";
  return values.join(", ") + flow;
}

/**
 * @param {Node[]} nodes
 * @param {Float64Array} numbers
 * @param {number} edge
 */
const contributionOf = (nodes, numbers, edge) => numbers[2 * (nodes.length + edge) + 1];

/**
 * The micro-bar of a gradient: its left end and width.
 * @param {number} gradient
 */
function bar(gradient) {
  if (gradient === 0 || Number.isNaN(gradient)) return { x: STYLE.BAR_X, width: 0 };
  const width = hundredths(STYLE.BAR_HALF * Math.tanh(Math.abs(gradient)));
  return { x: gradient > 0 ? STYLE.BAR_X : hundredths(STYLE.BAR_X - width), width };
}

/** @param {number} width Of a lane; how much wider than at scale 1 its head is. */
const headScale = (width) => hundredths(1 + (STYLE.HEAD_GAIN * (width - STYLE.BACKWARD_WIDTH)) / STYLE.HEAD_HALF);

/** @param {number} contribution */
function laneWidth(contribution) {
  if (Number.isNaN(contribution)) return STYLE.BACKWARD_WIDTH;
  return hundredths(STYLE.BACKWARD_WIDTH + STYLE.BACKWARD_GAIN * Math.tanh(Math.abs(contribution)));
}

/** @param {number} contribution */
function laneState(contribution) {
  if (!Number.isFinite(contribution)) return "nan";
  return contribution === 0 ? "zero" : contribution < 0 ? "negative" : "";
}

/**
 * Whether an op passes next to no gradient where it stands.
 * @param {string | null} op
 * @param {number} value
 */
function saturation(op, value) {
  if (op === "relu") return value === 0 ? "dead" : "";
  const isFlat =
    (op === "sigmoid" && !(STYLE.SATURATED < value && value < 1 - STYLE.SATURATED)) ||
    (op === "tanh" && Math.abs(value) > 1 - STYLE.SATURATED);
  return isFlat ? "saturated" : "";
}

/**
 * What broke: said where it began, which is a node whose operands were all in order.
 * @param {Node[]} nodes
 * @param {Float64Array} numbers
 * @param {Node} node
 * @param {string} kind
 */
function cause(nodes, numbers, node, kind) {
  if (node.cause === null) return kind;
  const texts = [];
  for (const arg of node.args) {
    const text = typeof arg === "string" ? arg : operand(nodes[arg], numbers[2 * arg]);
    if (text === null || /nan|inf/.test(text)) return kind;
    texts.push(node.args.length > 1 && text.startsWith("\u2212") ? `(${text})` : text);
  }
  const text = node.cause.replaceAll("{}", () => /** @type {string} */ (texts.shift()));
  return text.length <= STYLE.CAUSE_LENGTH ? text : kind;
}

/**
 * An operand as short text; null for an array.
 * @param {Node} node
 * @param {number} number
 */
function operand(node, number) {
  if (node.type === "array") return null;
  return node.type === "float" ? formatShort(number) : formatTyped(number, node.type);
}

/**
 * Where a gradient comes from: a term per use.
 * @param {string[]} texts
 */
function fork([first, ...others]) {
  const terms = others.map((t) => (t.startsWith("\u2212") ? ` \u2212 ${t.slice(1)}` : ` + ${t}`));
  const line = `= ${first}${terms.join("")}`;
  const isLong = terms.length >= STYLE.FORK_TERMS || line.length > STYLE.LINE_LENGTH;
  return isLong ? `= sum of ${terms.length + 1}` : line;
}

/**
 * @param {Node} node
 * @param {string} value
 * @param {string} grad
 * @param {string} state
 */
function speak(node, value, grad, state) {
  const flow = { None: "no gradient", "\u2013": "gradient not computed" }[grad] ?? `gradient ${grad}`;
  const notice = state === "nan" ? ", not finite" : state && `, ${state}`;
  return `${node.name}, ${node.what}` + `, value ${value}, ${flow}${notice}`.replaceAll("\u2212", "-");
}

/**
 * @param {Node} node
 * @param {string} value In full.
 * @param {string} gradient
 */
function tooltip(node, value, gradient) {
  const lines = [node.title, `value ${value}`];
  if (node.note !== "") lines.push(node.note ?? `gradient ${gradient}`);
  if (node.stored) lines.push(`.grad ${gradient}`);
  return lines.join("\n");
}

/** @param {number} number @param {Node["type"]} type */
function formatTypedFull(number, type) {
  return type === "float" ? formatFull(number) : formatTyped(number, type);
}

/** @param {number} length */
export const hundredths = (length) => Math.round(length * 100) / 100;
