// All numbers of an array: a panel under the picture, which a click or Enter on a card opens and Escape closes.

import { allLines, shapeText } from "./elements.js";
import { broughtElements, elementsOf } from "./structure.js";

const PANEL_LIMIT = 1000; // elements; of more the middle is left out, as torch prints them

/** @typedef {import("./picture.js").Picture} Picture */

/**
 * @param {HTMLElement} figure
 * @param {() => Picture | null} current The picture that is in it now.
 * @returns {{ stop: () => void }}
 */
export function attachPanel(figure, current) {
  const listening = new AbortController();
  const { signal } = listening;
  const panel = document.createElement("section");
  panel.className = "gg-panel";
  panel.hidden = true;
  const heading = panel.appendChild(document.createElement("strong"));
  const button = panel.appendChild(document.createElement("button"));
  button.type = "button";
  button.textContent = "Close";
  const text = panel.appendChild(document.createElement("pre"));
  text.tabIndex = 0; // it may scroll
  text.setAttribute("data-lm-suppress-shortcuts", "");
  figure.after(panel);
  /** @type {Element | null} */
  let shown = null;

  const refresh = () => {
    const picture = current();
    const said = shown && picture && describeArrays(picture, shown);
    panel.hidden = !said;
    if (!said) return;
    heading.textContent = said.name;
    panel.setAttribute("aria-label", `${said.name}, all numbers`);
    if (text.textContent !== said.text) text.textContent = said.text;
  };
  const close = () => {
    const from = shown;
    shown = null;
    refresh();
    if (from instanceof SVGElement) from.focus();
  };
  /** @param {Event} event */
  const open = (event) => {
    const group = event.target instanceof Element ? event.target.closest("[data-node], [data-edge]") : null;
    const picture = current();
    if (group === null || picture === null || !describeArrays(picture, group)) return;
    event.preventDefault();
    shown = shown === group ? null : group;
    refresh();
  };
  figure.addEventListener("click", open, { signal });
  figure.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Enter" || event.key === " ") open(event);
      if (event.key === "Escape" && shown) close();
    },
    { signal },
  );
  panel.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
    },
    { signal },
  );
  button.addEventListener("click", close, { signal });
  figure.addEventListener("gg-rest", refresh, { signal });
  return {
    stop: () => {
      listening.abort();
      panel.remove();
    },
  };
}

/**
 * What a card or an edge has in arrays; null if it has none.
 * @param {Picture} picture
 * @param {Element} group
 */
function describeArrays({ structure, numbers }, group) {
  if (numbers === null) return null;
  const [node, edge] = ["node", "edge"].map((kind) => group.getAttribute(`data-${kind}`)?.slice(1));
  if (edge !== undefined) {
    const { parent, child } = structure.edges[Number(edge)];
    const brought = broughtElements(structure, numbers, Number(edge));
    const [from, to] = [structure.nodes[child].name, structure.nodes[parent].name];
    return brought && { name: `${from} to ${to}`, text: `contribution\n${allLines(brought, PANEL_LIMIT)}` };
  }
  const described = structure.nodes[Number(node)];
  const parts = [elementsOf(described, numbers, 0), elementsOf(described, numbers, 1)];
  const texts = parts.flatMap((elements, part) =>
    elements ? [`${["value", "gradient"][part]}\n${allLines(elements, PANEL_LIMIT)}`] : [],
  );
  return texts.length ? { name: `${described.title}, ${shapeText(described.shape)}`, text: texts.join("\n\n") } : null;
}
