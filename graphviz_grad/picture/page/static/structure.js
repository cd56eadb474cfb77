// What the numbers do not tell: as `page/structure.py` writes it, with what it leaves out because it mostly is so.

import { locate, sizeOf } from "./program.js";

/**
 * @typedef {object} Node
 * @property {string} id
 * @property {string} name
 * @property {string | null} op
 * @property {string | null} cause What to say of the operands if the op breaks: `log of {}`.
 * @property {(number | string)[]} args Places of nodes; Python numbers as short text.
 * @property {"float" | "int" | "bool" | "array"} type Of the value.
 * @property {string | null} value Text that stays (an array's shape).
 * @property {string | null} grad Text that stays (None, not computed, an array's shape).
 * @property {string} rest The tag while all is ordinary.
 * @property {boolean} changed Whether the tag tells of a change in place.
 * @property {number[] | null} uses The edges that a fork line sums.
 * @property {string} what What it is, in words.
 * @property {string} title What it is, in full: the tooltip's first line.
 * @property {string | null} note The tooltip's line on a gradient that stays.
 * @property {boolean} stored Whether the tooltip tells the attribute `.grad`.
 * @property {number[]} shape Of an array.
 * @property {"float" | "int" | "bool"} kind Of its elements.
 * @property {[number, number?]} [at] Where in the numbers they are: those of the value, those of the gradient.
 *
 * @typedef {object} Edge
 * @property {string} id
 * @property {number} parent Place of the operand.
 * @property {number} child Place of the result.
 * @property {boolean} live Whether it brings a number as gradient.
 * @property {boolean} scalar Whether upstream and partial are numbers too.
 * @property {number} [at] Where in the numbers the elements of an array are that it brings.
 *
 * @typedef {{ nodes: Node[], edges: Edge[], outputs: number[], size: number }} Structure `size` counts the numbers.
 */

/** @type {Omit<Node, "id" | "name" | "what" | "title">} */
const USUAL = {
  op: null,
  cause: null,
  args: [],
  type: "float",
  value: null,
  grad: null,
  rest: "",
  changed: false,
  uses: null,
  note: null,
  stored: false,
  shape: [],
  kind: "float",
};

/** @type {WeakMap<object, Structure>} */
const known = new WeakMap();

/**
 * Completes a structure; the same object gives the same structure.
 * @param {{ nodes: (Partial<Node> & { name: string })[], edges: [number, number, number?, number?][], outputs: number[], size?: number }} given
 * @returns {Structure}
 */
export function readStructure(given) {
  const made = known.get(given) ?? {
    nodes: given.nodes.map((node, place) => {
      const { name, rest = "" } = node;
      return { ...USUAL, id: `n${place}`, what: rest, title: name, ...node };
    }),
    edges: given.edges.map(([parent, child, kind = 2, at], place) => {
      return { id: `e${place}`, parent, child, live: kind > 0, scalar: kind > 1, at };
    }),
    outputs: given.outputs,
    size: given.size ?? 2 * (given.nodes.length + given.edges.length),
  };
  known.set(given, made);
  return made;
}

/**
 * The elements of a node's value, or of its gradient; null where that is no array.
 * @param {Node} node
 * @param {Float64Array} numbers Of a state.
 * @param {0 | 1} part
 * @returns {import("./elements.js").Elements | null}
 */
export function elementsOf({ shape, at, kind }, numbers, part) {
  const place = at?.[part];
  return place === undefined ? null : slice(numbers, place, shape, part ? "float" : kind);
}

/**
 * The elements of what an edge brings; null where that is no array.
 * @param {Structure} structure
 * @param {Float64Array} numbers
 * @param {number} edge
 */
export function broughtElements({ nodes, edges }, numbers, edge) {
  const { at, parent } = edges[edge];
  return at === undefined ? null : slice(numbers, at, nodes[parent].shape, "float");
}

/**
 * Where the numbers of a leaf are that a slider moves.
 * @param {Node[]} nodes
 * @param {import("./program.js").Leaf} leaf
 * @returns {{ name: string, value: number, grad: number, none: string | null }} `none` is said instead of a gradient.
 */
export function placeOf(nodes, leaf) {
  const [slot, element] = locate(leaf);
  const { name, grad, shape, at } = nodes[slot];
  if (at === undefined) return { name, value: 2 * slot, grad: 2 * slot + 1, none: grad };
  let rest = element;
  const index = [...shape].reverse().map((size) => {
    const place = rest % size;
    rest = Math.floor(rest / size);
    return place;
  });
  const [value, slope] = at;
  const none = slope === undefined ? grad : null;
  return { name: `${name}[${index.reverse().join(", ")}]`, value: value + element, grad: (slope ?? NaN) + element, none };
}

/**
 * @param {Float64Array} numbers @param {number} place @param {number[]} shape @param {Node["kind"]} kind
 * @returns {import("./elements.js").Elements}
 */
function slice(numbers, place, shape, kind) {
  const size = sizeOf(shape);
  return { numbers: numbers.subarray(place, place + size), shape, kind };
}
