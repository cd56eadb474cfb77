// The gradient as a slope: under each slider the output against its leaf, with the tangent where the slider stands.

import { hundredths } from "./card.js";
import { formatAscii, formatNumber, formatShort } from "./number.js";
import { RESTED, whenQuiet } from "./pace.js";
import { placeOf } from "./structure.js";

/**
 * @typedef {import("./replay.js").Program} Program
 * @typedef {import("./card.js").Structure} Structure
 * @typedef {{ slot: import("./program.js").Leaf, min: number, max: number }} Axis Slot -1: it moves nothing.
 * @typedef {{ low: number, high: number }} Span
 */

const WIDTH = 400; // of the coordinates; the plot stretches
const HEIGHT = 100;
const INSET = 6; // beside the range, so that the dot is whole at its ends
const POINTS = 121;
const EFFORT = 120_000; // points times numbers while something moves; the curves of a large graph have fewer points then
const REACH = 95; // half a tangent
const MARGIN = 0.08; // over and under the curve, of its height
const NOISE = 1e-14; // of its size: what rounding alone moves is level
const OUTLIERS = 0.03; // on each side; where a curve shoots off, the rest of it is to be seen, too
const SVG = "http://www.w3.org/2000/svg";

/** A row of plots, one for each slider. */
export class Tangents {
  constructor() {
    this.element = document.createElement("div");
    this.element.className = "gg-tangents";
    /** @type {Tangent[]} */
    this.plots = [];
    /** @type {Program | null} */
    this.program = null;
    this.key = "";
    this.numbers = new Float64Array();
    this.refining = whenQuiet(() => this.draw(POINTS), RESTED);
  }

  /**
   * Shows a state; a curve is swept again only if what it depends on has changed.
   * @param {Program | null} program None: then there is nothing to see.
   * @param {Structure} structure
   * @param {Axis[]} axes
   * @param {Float64Array} numbers The state, in the order of `Graph.numbers`.
   */
  show(program, { nodes }, axes, numbers) {
    const key = JSON.stringify(axes);
    if (program !== this.program || key !== this.key) {
      this.program = program;
      this.key = key;
      this.plots = program === null ? [] : axes.map((axis) => new Tangent(axis, nodes, program.layout.target));
      this.element.replaceChildren(...this.plots.map((plot) => plot.element));
    }
    this.numbers = numbers;
    if (program === null) return;
    const points = Math.min(POINTS, Math.ceil(EFFORT / numbers.length));
    this.draw(points);
    if (points < POINTS) this.refining.wait();
  }

  /** @param {number} points Of each curve. */
  draw(points) {
    if (this.program === null) return;
    const leaves = new Map();
    for (const { leaf, place } of this.plots) if (place !== null) leaves.set(leaf, this.numbers[place.value]);
    for (const plot of this.plots) plot.show(this.program, leaves, this.numbers, points);
  }

  /** Forgets what is still to be done. */
  stop() {
    this.refining.stop();
  }
}

class Tangent {
  /** @param {Axis} axis @param {Structure["nodes"]} nodes @param {number} target Slot of the output. */
  constructor(axis, nodes, target) {
    this.axis = axis;
    this.target = target;
    this.leaf = axis.slot;
    /** Where its numbers are; null if it moves nothing. */
    this.place = axis.slot === -1 ? null : placeOf(nodes, axis.slot);
    this.names = [nodes[target].name, this.place?.name ?? ""];
    /** Said instead of a slope where no gradient flows. */
    this.none = this.place?.none ?? null;
    this.others = "";
    this.curve = new Float64Array();
    /** @type {Span} */
    this.span = { low: 0, high: 1 };
    this.element = document.createElement("div");
    this.element.className = "gg-tangent";
    this.svg = this.element.appendChild(document.createElementNS(SVG, "svg"));
    this.svg.setAttribute("viewBox", `${-INSET} 0 ${WIDTH + 2 * INSET} ${HEIGHT}`);
    this.svg.setAttribute("preserveAspectRatio", "none");
    this.svg.setAttribute("role", "img");
    const [zero, curve, line, dot] = ["zero", "curve", "line", "dot"].map((name) => {
      const path = this.svg.appendChild(document.createElementNS(SVG, "path"));
      path.setAttribute("class", `gg-tangent-${name}`);
      return path;
    });
    this.paths = { zero, curve, line, dot };
    const ends = this.element.appendChild(document.createElement("div"));
    ends.setAttribute("aria-hidden", "true"); // the plot's label says it
    this.texts = [formatShort(axis.min), "", formatShort(axis.max)].map((text) => {
      const end = ends.appendChild(document.createElement("span"));
      end.append(text);
      return end;
    });
    this.element.style.visibility = this.place === null ? "hidden" : "";
  }

  /**
   * @param {Program} program
   * @param {Map<import("./program.js").Leaf, number>} leaves
   * @param {Float64Array} numbers
   * @param {number} count Of points; more, once they are there, stay.
   */
  show(program, leaves, numbers, count) {
    const { min, max } = this.axis;
    if (this.place === null) return;
    const others = [...leaves].filter(([leaf]) => leaf !== this.leaf).join(" ");
    if (others !== this.others || this.curve.length < count) {
      this.others = others;
      const points = Float64Array.from({ length: count }, (_, k) => min + ((max - min) * k) / (count - 1));
      this.curve = program.sweep(this.leaf, points, leaves, false).values;
      this.span = spanOf(this.curve);
      this.paths.curve.setAttribute("d", drawCurve(this.curve, this.span));
      const { low, high } = this.span;
      this.paths.zero.setAttribute("d", low < 0 && 0 < high ? `M${-INSET} ${hundredths(yOf(0, this.span))}H${WIDTH + INSET}` : "");
    }
    const at = numbers[this.place.value];
    const value = numbers[2 * this.target];
    const slope = this.none === null ? numbers[this.place.grad] : NaN;
    const x = (WIDTH * (at - min)) / (max - min);
    const y = yOf(value, this.span);
    const isSeen = Number.isFinite(value);
    this.paths.dot.setAttribute("d", isSeen ? `M${hundredths(x)} ${hundredths(y)}h0` : "");
    this.paths.line.setAttribute("d", isSeen && Number.isFinite(slope) ? drawLine(x, y, this.steepness(slope)) : "");
    const [output, name] = this.names;
    this.texts[1].textContent = `∂${output}/∂${name} ${this.none ?? formatNumber(slope)}`;
    const said = `${output} against ${name} from ${formatAscii(min)} to ${formatAscii(max)}`;
    const state = `${formatAscii(value)}, slope ${this.none ?? formatAscii(slope)}`;
    this.svg.setAttribute("aria-label", `${said}; at ${formatAscii(at)} it is ${state}`);
  }

  /**
   * A slope in the coordinates of the plot, where y grows downwards.
   * @param {number} slope
   */
  steepness(slope) {
    const { min, max } = this.axis;
    const { low, high } = this.span;
    return -slope * ((HEIGHT / (high - low)) * ((max - min) / WIDTH));
  }
}

/**
 * What of a curve is to be seen.
 * @param {Float64Array} curve
 * @returns {Span}
 */
function spanOf(curve) {
  const sorted = curve.filter(Number.isFinite).sort();
  if (!sorted.length) return { low: -1, high: 1 };
  const last = sorted.length - 1;
  const [low, high] = [OUTLIERS, 1 - OUTLIERS].map((share) => sorted[Math.round(share * last)]);
  const room = high - low;
  const bottom = Math.max(sorted[0], low - room);
  const top = Math.min(sorted[last], high + room);
  const height = top - bottom;
  const size = Math.max(Math.abs(top), Math.abs(bottom));
  const margin = (height > NOISE * size ? MARGIN * height : size) || 1;
  return { low: bottom - margin, high: top + margin };
}

/** @param {number} value @param {Span} span */
function yOf(value, { low, high }) {
  // What is far out of sight is not drawn where numbers end.
  return Math.max(-HEIGHT, Math.min(2 * HEIGHT, HEIGHT * ((high - value) / (high - low))));
}

/**
 * A line through the points; it breaks where there is no number, and where it jumps from one end to the other.
 * @param {Float64Array} curve
 * @param {Span} span
 */
function drawCurve(curve, span) {
  let path = "";
  let before = NaN;
  curve.forEach((value, k) => {
    const y = Number.isFinite(value) ? yOf(value, span) : NaN;
    const isJump = Math.min(y, before) < 0 && Math.max(y, before) > HEIGHT;
    if (!Number.isNaN(y)) {
      const start = Number.isNaN(before) || isJump ? "M" : "L";
      path += `${start}${hundredths((WIDTH * k) / (curve.length - 1))} ${hundredths(y)}`;
    }
    before = y;
  });
  return path;
}

/** @param {number} x @param {number} y @param {number} steepness */
function drawLine(x, y, steepness) {
  const dx = REACH / Math.hypot(1, steepness);
  const dy = Math.abs(steepness) < Infinity ? dx * steepness : Math.sign(steepness) * REACH;
  return `M${hundredths(x - dx)} ${hundredths(y - dy)}L${hundredths(x + dx)} ${hundredths(y + dy)}`;
}
