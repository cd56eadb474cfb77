// A program as program_json.py writes it, checked and laid out for running.

import { OPS } from "./ops.js";

/**
 * What Python has written. Nodes have the slots of their ids; behind them come the constants.
 * @typedef {object} Source
 * @property {number} version
 * @property {number | null} root
 * @property {number[]} outputs
 * @property {{ id: string, value: Value | Value[], shape?: number[] }[]} leaves
 * @property {Value[]} constants
 * @property {[string, number[], number, number[]][]} steps Op, operands, result, edges.
 * @property {Record<number, number[]>} [shapes]
 * @property {number[]} [bools]
 * @property {Record<number, Terms>} [terms] Of the structural steps, by number.
 *
 * Each element of a structural result is a sum of products of the operands' elements (`page/terms.py`).
 * @typedef {object} Terms
 * @property {number[]} out Of each term the place of its element in the result.
 * @property {number | number[]} by Its coefficient, or one for all.
 * @property {number[][]} of For each factor its place among all elements of all operands.
 *
 * @typedef {number | boolean | string} Value A word is what JSON has no number for.
 *
 * Memory begins with the numbers of a state in the order of `Graph.numbers` (of each node value and gradient,
 * of each edge partial and contribution; NaN where there is none) and ends with the constants.
 * @typedef {object} Layout
 * @property {number} nodes How many there are.
 * @property {number} size How many numbers a state has.
 * @property {Float64Array} start What memory holds before a run.
 * @property {Set<number>} movable Slots of the leaves that are numbers.
 * @property {Map<number, Float64Array>} arrays The leaves that are arrays.
 * @property {Record<number, number[]>} shapes Of every node that is an array.
 * @property {Step[]} steps
 * @property {Step[]} pulls The steps that a gradient reaches, last first.
 * @property {Map<number, number>} seeds What gradients start from, by slot, where one comes.
 * @property {number} target Slot of the root, or else of the last output.
 *
 * @typedef {number | string} Leaf What can move: the slot of a number, or an element of an array: slot and place
 *   among the elements, `3,5`.
 *
 * @typedef {object} Step
 * @property {Rule} forward Nothing where there are terms.
 * @property {Terms} [terms]
 * @property {number[]} inputs Slots of the operands.
 * @property {number} slot That of the result.
 * @property {number} a Place of the first operand in memory.
 * @property {number} b
 * @property {number} c
 * @property {number} out Place of the result; its gradient comes after it.
 * @property {Use[]} uses The operands that a gradient flows to.
 *
 * @typedef {object} Use
 * @property {number} operand Which one it is.
 * @property {number} grad Place of its gradient.
 * @property {number} edge Place of the partial; the contribution comes after it.
 * @property {Rule} [partial]
 * @property {Rule} [vjp] Where there is no partial.
 *
 * @typedef {(...numbers: number[]) => number} Rule
 */

const PROGRAM_VERSION = 1;
const WORDS = new Map([
  ["nan", NaN],
  ["inf", Infinity],
  ["-inf", -Infinity],
]);

/**
 * @param {Source} source
 * @returns {Layout}
 * @throws {Error} If it is of another version, or malformed.
 */
export function readSource(source) {
  const version = source?.version;
  if (version !== PROGRAM_VERSION) throw refusal("version ", version, PROGRAM_VERSION);
  for (const key of /** @type {const} */ (["outputs", "leaves", "constants", "steps"])) {
    if (!Array.isArray(source[key])) throw refusal(`${key}: `, source[key], "a list");
  }
  const { leaves, constants, outputs, root, shapes = {}, bools = [] } = source;
  if (!(shapes instanceof Object) || !Object.values(shapes).every(isShape)) {
    throw refusal("shapes: ", shapes, "lists of sizes by slot");
  }
  if (!Array.isArray(bools)) throw refusal("bools: ", bools, "a list");
  const nodes = leaves.length + source.steps.length;
  const edges = source.steps.flatMap((step) => step?.[1]).filter((slot) => slot < nodes).length;
  const size = 2 * (nodes + edges);
  const start = new Float64Array(size + constants.length).fill(NaN);
  constants.forEach((constant, k) => (start[size + k] = readNumber("constants: ", constant)));
  const arrays = new Map();
  const known = new Set();
  for (const leaf of leaves) {
    const slot = Number(/^n(\d+)$/.exec(leaf?.id)?.[1]);
    if (!(slot < nodes) || known.has(slot)) throw refusal("leaf ", leaf, `one of n0 to n${nodes - 1}`);
    known.add(slot);
    if (!leaf.shape && !(slot in shapes)) start[2 * slot] = readNumber(`${leaf.id}: `, leaf.value);
    else arrays.set(slot, readArray(`${leaf.id}: `, leaf.value, shapes[slot]));
  }
  const movable = new Set([...known].filter((slot) => !arrays.has(slot)));
  const steps = readSteps(source, known, { nodes, size });
  const ends = root === null ? outputs : [...outputs, root];
  if (!outputs.length || !ends.every((slot) => known.has(slot))) {
    throw refusal("outputs and root: ", ends, "slots of nodes");
  }
  const target = root ?? outputs[outputs.length - 1];
  const { pulls, seeds } = reach(steps, root);
  for (const [slot, seed] of seeds) if (!(slot in shapes)) start[2 * slot + 1] = seed;
  return { nodes, size, start, movable, arrays, shapes, steps, pulls, seeds, target };
}

/**
 * @param {Source} source
 * @param {Set<number>} known Slots of the leaves; those of the results are added.
 * @param {{ nodes: number, size: number }} sizes
 * @returns {Step[]}
 */
function readSteps({ steps, constants, shapes = {}, bools = [], terms = {} }, known, { nodes, size }) {
  const place = (/** @type {number} */ slot) => (slot < nodes ? 2 * slot : size + slot - nodes);
  const last = nodes + constants.length;
  const isThere = (/** @type {number} */ slot) => known.has(slot) || isBetween(slot, nodes, last);
  let edge = 0;
  return steps.map((step, number) => {
    const what = `steps[${number}]: `;
    const [op, inputs, slot, edges] = Array.isArray(step) ? step : [];
    const sum = terms[number];
    if (!sum && !Object.hasOwn(OPS, op)) throw refusal(`${what}op `, op, `one of ${Object.keys(OPS).join(", ")}`);
    const { arity, forward, partials, vjps } = sum ? { arity: inputs?.length, forward: none, vjps: [] } : OPS[op];
    if (!Array.isArray(inputs) || inputs.length !== arity || !inputs.every(isThere)) {
      throw refusal(what, inputs, `${arity} earlier slots`);
    }
    if (!isBetween(slot, 0, nodes) || known.has(slot)) throw refusal(what, slot, "a slot of its own");
    known.add(slot);
    const shape = sum ? (shapes[slot] ?? []) : broadcast(inputs.map((input) => shapes[input] ?? []));
    if (sum) checkTerms(what, sum, shape, inputs.map((input) => shapes[input] ?? []));
    if (`${shapes[slot] ?? []}` !== `${shape}`) throw refusal(`${what}shape `, shapes[slot], `[${shape}]`);
    const [a = 0, b = 0, c = 0] = inputs.map(place);
    const uses = [];
    for (const [operand, input] of inputs.entries()) {
      if (edges?.[operand] !== -1) {
        if (edges?.[operand] !== edge || input >= nodes || !(partials ?? vjps)) {
          throw refusal(`${what}edges `, edges, "-1, or the number of the edge");
        }
        const rules = { partial: partials?.[operand], vjp: vjps?.[operand] };
        uses.push({ operand, grad: 2 * input + 1, edge: 2 * (nodes + edge), ...rules });
      }
      edge += input < nodes;
    }
    const isBool = bools.includes(slot);
    const rule = isBool ? (...operands) => Number(Boolean(forward(...operands))) : forward;
    return { forward: rule, terms: sum, inputs, slot, a, b, c, out: 2 * slot, uses };
  });
}

const none = () => NaN;

/**
 * @param {string} what
 * @param {Terms} terms
 * @param {number[]} shape Of the result.
 * @param {number[][]} shapes Of the operands.
 */
function checkTerms(what, { out, by, of }, shape, shapes) {
  const size = shapes.reduce((all, operand) => all + sizeOf(operand), 0);
  const isEach = (/** @type {unknown} */ list, /** @type {number} */ end) =>
    Array.isArray(list) && list.length === out.length && list.every((place) => isBetween(place, 0, end));
  const factors = Array.isArray(by) && by.length === out.length ? by : [by];
  const isFine = Array.isArray(out) && isEach(out, sizeOf(shape)) && Array.isArray(of);
  if (!isFine || !of.every((list) => isEach(list, size)) || !factors.every((factor) => typeof factor === "number")) {
    throw refusal(`${what}terms `, { out, by, of }, "places of elements, and numbers");
  }
}

/**
 * Finds the steps that a gradient reaches, and what gradients start from: -0 adds nothing to any number.
 * @param {Step[]} steps
 * @param {number | null} root
 */
function reach(steps, root) {
  /** @type {Map<number, number>} */
  const seeds = new Map(root === null ? [] : [[root, 1]]);
  const pulls = [];
  for (const step of [...steps].reverse()) {
    if (!seeds.has(step.slot) || !step.uses.length) continue;
    pulls.push(step);
    for (const { operand } of step.uses) seeds.set(step.inputs[operand], -0);
  }
  return { pulls, seeds };
}

/**
 * The shape of what is computed element by element; where shapes do not go together, one that is never right.
 * @param {number[][]} shapes
 */
function broadcast(shapes) {
  const axes = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: axes }, (_, axis) => {
    const all = shapes.map((shape) => shape[axis - axes + shape.length] ?? 1);
    const lengths = all.filter((length) => length !== 1);
    return lengths.every((length) => length === lengths[0]) ? (lengths[0] ?? 1) : NaN;
  });
}

/** @param {string} what @param {Value[]} values @param {number[]} shape */
function readArray(what, values, shape) {
  if (!Array.isArray(values) || !Array.isArray(shape) || values.length !== sizeOf(shape)) {
    throw refusal(what, values, `an array of shape ${shape}`);
  }
  return Float64Array.from(values, (value) => readNumber(what, value));
}

/** @param {string} what @param {Value} value */
function readNumber(what, value) {
  const number = WORDS.get(value) ?? (typeof value === "boolean" ? Number(value) : value);
  if (typeof number !== "number") throw refusal(what, value, 'a number, "nan", "inf" or "-inf"');
  return number;
}

/** @param {unknown} slot @param {number} from @param {number} to */
function isBetween(slot, from, to) {
  return Number.isInteger(slot) && slot >= from && slot < to;
}

/** @param {unknown} shape */
function isShape(shape) {
  return Array.isArray(shape) && shape.every((length) => isBetween(length, 0, Infinity));
}

/** @param {number[]} shape */
export function sizeOf(shape) {
  return shape.reduce((size, length) => size * length, 1);
}

/** @param {string} what @param {unknown} value @param {unknown} must */
export function refusal(what, value, must) {
  return new Error(`program: ${what}${JSON.stringify(value)} (must be ${must})`);
}

/**
 * Where a leaf is that can move.
 * @param {Leaf} leaf
 * @returns {[number, number]} Slot, and place among the elements.
 */
export function locate(leaf) {
  const [slot, element = 0] = String(leaf).split(",").map(Number);
  return [slot, element];
}
