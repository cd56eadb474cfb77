// Numbers as text: the rules of text.py, which tests/number_vectors.json holds both to.

const MINUS = "\u2212";

/**
 * A number with an ASCII minus: `toFixed(4)` where that says enough and is short, else an exponent.
 * @param {number} value
 * @returns {string}
 */
export function formatAscii(value) {
  if (value === 0) return "0.0000";
  if (Number.isNaN(value)) return "nan";
  const sign = value < 0 ? "-" : "";
  const size = Math.abs(value);
  if (size === Infinity) return sign + "inf";
  if (size >= STYLE.SMALLEST_FIXED && size < 1e9) {
    const text = fixed(size);
    if (text.length <= STYLE.NUMBER_LENGTH) return sign + text;
  }
  return sign + exponential(size);
}

/**
 * A number as the screen shows it, with a true minus sign.
 * @param {number} value
 * @returns {string}
 */
export function formatNumber(value) {
  return formatAscii(value).replaceAll("-", MINUS);
}

/**
 * A number of a dtype.
 * @param {number} value
 * @param {"float" | "int" | "bool" | "array"} type
 * @param {(value: number) => string} [format] Of floats.
 * @returns {string}
 */
export function formatTyped(value, type, format = formatNumber) {
  if (type === "bool") return value ? "True" : "False";
  if (type !== "int" || Math.abs(value) >= 1e9) return format(value);
  return format === formatAscii ? String(value) : String(value).replace("-", MINUS);
}

/**
 * `formatNumber` without the zeros that say nothing.
 * @param {number} value
 * @returns {string}
 */
export function formatShort(value) {
  return formatNumber(value).replace(/(\.\d*?)0+(?=e|$)/, (_, digits) => digits.replace(/\.$/, ""));
}

/**
 * A number in full, as Python writes it.
 * @param {number} value
 * @returns {string}
 */
export function formatFull(value) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e16) {
    const text = size < 1e-6 ? size.toFixed(20) : String(value);
    return text.includes(".") ? text : text + ".0";
  }
  return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

/**
 * `toFixed(4)`, an exact tie rounded to the even digit as Python does.
 * @param {number} size
 */
function fixed(size) {
  const text = size.toFixed(4);
  return isOdd(text) && (size * 32) % 2 === 1 ? lower(text) : text; // only odd multiples of 1/32 tie
}

/**
 * `toExponential(3)`, or `(2)` where the exponent has three digits; the exponent has at least two.
 * @param {number} size
 */
function exponential(size) {
  let [digits, exponent] = size.toExponential(3).split("e");
  if (exponent.length === 4) [digits, exponent] = size.toExponential(2).split("e");
  if (isOdd(digits) && /^\d\.\d{3}50*e/.test(size.toExponential(30))) digits = lower(digits);
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/** @param {string} digits */
const isOdd = (digits) => Number(digits.at(-1)) % 2 === 1;

/**
 * The last digit, which is odd, less one.
 * @param {string} digits
 */
const lower = (digits) => digits.slice(0, -1) + (Number(digits.at(-1)) - 1);
