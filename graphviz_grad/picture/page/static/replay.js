// Both passes in the page: what program.py does, as a loop over the ops of a program.

import { bindArrays } from "./arrays.js";
import { locate, readSource, refusal, sizeOf } from "./program.js";

/**
 * @typedef {import("./program.js").Layout} Layout
 * @typedef {import("./program.js").Step} Step
 * @typedef {import("./program.js").Leaf} Leaf
 *
 * What runs in some memory.
 * @typedef {object} Tape
 * @property {(leaves: Iterable<[Leaf, number]>) => void} run With these values of leaves; the others as they start.
 * @property {Float64Array} numbers The state after a run, in the order of `Graph.numbers`.
 * @property {(slot: number) => { value: Float64Array, grad: Float64Array }} elements Of a node, in place.
 */

/** A program that runs both passes. */
export class Program {
  /**
   * @param {import("./program.js").Source} source What `Program.to_json` has written, parsed.
   * @throws {Error} If it is of another version, or malformed.
   */
  constructor(source) {
    this.layout = readSource(source);
    const shape = this.layout.shapes[this.layout.target] ?? [];
    if (sizeOf(shape) !== 1) throw refusal("root of shape ", shape, "one number");
    this.tape = bindMemory(this.layout, this.layout.start.slice());
    this.numbers = this.tape.numbers;
  }

  /**
   * Runs both passes.
   * @param {Map<Leaf, number>} [leaves] New values; the others stand where the program has them.
   * @returns {Float64Array} The state in the order of `Graph.numbers`; the next run overwrites it.
   * @throws {Error} If a leaf cannot move there; the state is still that of the last run.
   */
  run(leaves = new Map()) {
    this.check(leaves);
    this.tape.run(leaves);
    return this.numbers;
  }

  /**
   * Runs both passes at many values of one leaf; the state stays that of the last run.
   * @param {Leaf} leaf
   * @param {ArrayLike<number>} points Its values.
   * @param {Map<Leaf, number>} [leaves] New values of others.
   * @param {boolean} [withSlopes] Whether both passes run, and not the forward one alone.
   * @returns {{ values: Float64Array, slopes: Float64Array }} The root's values, and its gradients with
   *   respect to the leaf; NaN where none flows, 0 without the backward pass.
   */
  sweep(leaf, points, leaves = new Map(), withSlopes = true) {
    this.check(new Map([...leaves, [leaf, NaN]]));
    const [slot, element] = locate(leaf);
    const followed = followLeaf(this.layout, slot, leaves);
    const layout = withSlopes ? followed : forwardOnly(followed);
    const { run, elements } = bindMemory(layout, layout.start.slice());
    const { value } = elements(layout.target);
    const { grad } = elements(slot);
    const others = layout.start === this.layout.start ? [...leaves] : [];
    const values = new Float64Array(points.length);
    const slopes = new Float64Array(points.length);
    for (let k = 0; k < points.length; k++) {
      run([...others, [leaf, points[k]]]);
      values[k] = value[0];
      slopes[k] = grad[element];
    }
    return { values, slopes };
  }

  /** @param {Map<Leaf, number>} leaves */
  check(leaves) {
    const { movable, arrays } = this.layout;
    for (const [leaf, value] of leaves) {
      const [slot, element] = locate(leaf);
      const isThere = typeof leaf === "number" ? movable.has(leaf) : arrays.get(slot)?.[element] !== undefined;
      if (!isThere) throw refusal("leaf ", leaf, `one of ${[...movable].join(", ")}`);
      if (typeof value !== "number") throw refusal(`n${slot}: `, value, "a number");
    }
  }
}

/**
 * @param {Float64Array} memory
 * @param {Float64Array} start
 * @param {Iterable<[Leaf, number]>} leaves Numbers.
 */
function moveLeaves(memory, start, leaves) {
  memory.set(start);
  for (const [leaf, value] of leaves) memory[2 * Number(leaf)] = value;
}

/** @param {Layout} layout */
const hasArrays = ({ shapes, steps }) => Object.keys(shapes).length > 0 || steps.some(({ terms }) => terms);

/**
 * @param {Layout} layout
 * @param {Float64Array} memory
 * @returns {Tape}
 */
function bindMemory(layout, memory) {
  const { start, steps, pulls } = layout;
  if (hasArrays(layout)) return bindArrays(layout, memory);
  const run = (/** @type {Iterable<[Leaf, number]>} */ leaves) => {
    moveLeaves(memory, start, leaves);
    runForward(memory, steps);
    runBackward(memory, pulls);
  };
  const numberAt = (/** @type {number} */ place) => memory.subarray(place, place + 1);
  const elements = (/** @type {number} */ slot) => ({ value: numberAt(2 * slot), grad: numberAt(2 * slot + 1) });
  return { run, numbers: memory.subarray(0, layout.size), elements };
}

/**
 * Leaves out what does not depend on one leaf: its values are there before the run.
 * @param {Layout} layout
 * @param {number} slot Of the leaf.
 * @param {Map<Leaf, number>} leaves Where the others are.
 * @returns {Layout} The same where there are arrays.
 */
function followLeaf(layout, slot, leaves) {
  if (hasArrays(layout)) return layout;
  const start = layout.start.slice();
  moveLeaves(start, layout.start, leaves);
  const moving = new Set([slot]);
  const still = [];
  for (const step of layout.steps) {
    if (step.inputs.some((input) => moving.has(input))) moving.add(step.slot);
    else still.push(step);
  }
  runForward(start, still);
  const moves = (/** @type {Step} */ step) => moving.has(step.slot);
  return { ...layout, start, steps: layout.steps.filter(moves), pulls: layout.pulls.filter(moves) };
}

/**
 * Leaves out the backward pass.
 * @param {Layout} layout
 * @returns {Layout}
 */
function forwardOnly(layout) {
  return { ...layout, pulls: [], steps: layout.steps.map((step) => ({ ...step, uses: [] })) };
}

/** @param {Float64Array} memory @param {Step[]} steps */
function runForward(memory, steps) {
  for (const { forward, a, b, c, out, uses } of steps) {
    const x = memory[a];
    const y = memory[b];
    const z = memory[c];
    const result = (memory[out] = forward(x, y, z));
    for (const { edge, partial, vjp } of uses) {
      memory[edge] = partial ? partial(result, x, y, z) : vjp(1, result, x, y, z);
    }
  }
}

/** @param {Float64Array} memory @param {Step[]} pulls */
function runBackward(memory, pulls) {
  for (const { a, b, c, out, uses } of pulls) {
    const g = memory[out + 1];
    for (const { grad, edge, vjp } of uses) {
      const received = vjp ? vjp(g, memory[out], memory[a], memory[b], memory[c]) : g * memory[edge];
      memory[edge + 1] = received;
      memory[grad] += received;
    }
  }
}
