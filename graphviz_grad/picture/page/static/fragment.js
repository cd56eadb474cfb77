// The state in the URL: `#x=-2&z=0.5`.

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const SHOWN = 24; // characters of something that nobody understands
const LONGEST = 10_000;
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/g;

/**
 * Reads a fragment; each part is understood, or it is a fault.
 * @param {string} text With or without its `#`.
 * @param {string[]} names
 * @returns {{ values: Map<number, number>, faults: string[] }} Values by place of the name.
 */
export function readFragment(text, names) {
  /** @type {Map<number, number>} */
  const values = new Map();
  /** @type {string[]} */
  const faults = [];
  const body = text.replace(/^#/, "");
  if (body.length > LONGEST) return { values, faults: [`link: ${show(body)} (must be shorter)`] };
  for (const part of body.split("&")) {
    if (part === "") continue;
    const [name, number] = decode(part);
    const place = names.indexOf(name);
    const value = NUMBER.test(number) ? Number(number) : NaN;
    if (place < 0) faults.push(`link: ${show(name)} (must be one of ${names.map(show).join(", ")})`);
    else if (!Number.isFinite(value)) faults.push(`${show(name)}: ${show(number)} (must be a number)`);
    else values.set(place, value);
  }
  return { values, faults };
}

/**
 * @param {string[]} names
 * @param {number[]} values
 */
export function writeFragment(names, values) {
  return "#" + names.map((name, place) => `${encodeURIComponent(name)}=${values[place]}`).join("&");
}

/**
 * @param {string} part
 * @returns {[string, string]} Name and number, whatever they are.
 */
function decode(part) {
  const middle = part.indexOf("=");
  if (middle < 0) return [part, ""];
  const [name, number] = [part.slice(0, middle), part.slice(middle + 1)].map((piece) => {
    try {
      return decodeURIComponent(piece).trim();
    } catch {
      return piece;
    }
  });
  return [name, number.replace("\u2212", "-")];
}

/** @param {string} text */
function show(text) {
  const clean = text.replaceAll(UNSAFE, "\uFFFD");
  return clean.length > SHOWN ? `${clean.slice(0, SHOWN)}\u2026` : clean;
}
