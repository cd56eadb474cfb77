// Walking a picture with the arrow keys: one tab stop, then to operands, results and neighbours.

/** @typedef {import("./picture.js").Picture} Picture */

/**
 * @param {HTMLElement} figure
 * @param {() => Picture | null} current The picture that is in it now.
 * @returns {() => void} Stops listening.
 */
export function walk(figure, current) {
  const listening = new AbortController();
  const { signal } = listening;
  const placeOf = (/** @type {EventTarget | null} */ target) => {
    const group = target instanceof Element ? target.closest("[data-node]") : null;
    return current()?.cards.findIndex((card) => card.group === group) ?? -1;
  };

  figure.addEventListener(
    "keydown",
    (event) => {
      const picture = current();
      const place = placeOf(event.target);
      if (picture === null || place < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "Escape") return /** @type {HTMLElement} */ (event.target).blur();
      const to = destination(picture, place, event.key);
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      picture.cards[place].group?.setAttribute("tabindex", "-1");
      const group = /** @type {SVGGElement} */ (picture.cards[to].group);
      group.setAttribute("tabindex", "0");
      group.focus();
    },
    { signal },
  );

  /** The edges of a card show their labels, also where a large graph hides them. */
  const near = (/** @type {Event} */ event) => {
    const place = placeOf(event.target);
    const isLeaving = event.type === "focusout" || event.type === "pointerout";
    current()?.structure.edges.forEach(({ parent, child }, edge) => {
      if (parent !== place && child !== place) return;
      current()?.edges[edge].group?.classList.toggle("gg-near", !isLeaving);
    });
  };
  for (const type of ["focusin", "focusout", "pointerover", "pointerout"]) {
    figure.addEventListener(type, near, { signal });
  }
  return () => listening.abort();
}

/**
 * Where a key leads from a card: against and along the arrows, and to the neighbours across them.
 * @param {Picture} picture
 * @param {number} place
 * @param {string} key
 * @returns {number | undefined}
 */
function destination({ svg, structure, cards }, place, key) {
  const isDown = svg.getAttribute("data-direction") === "TB";
  const [back, forth, before, after] = isDown
    ? ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]
    : ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];
  const spots = cards.map(({ group }) => {
    const [x, y] = group?.getAttribute("transform")?.match(/-?[\d.]+/g)?.map(Number) ?? [0, 0];
    return isDown ? { along: y, across: x } : { along: x, across: y };
  });
  const here = spots[place];
  const offset = (/** @type {number} */ to) => spots[to].across - here.across;
  const nearest = (/** @type {number[]} */ places) =>
    places.sort((a, b) => Math.abs(offset(a)) - Math.abs(offset(b)))[0];
  const { edges } = structure;
  if (key === back) return nearest(edges.filter((edge) => edge.child === place).map((edge) => edge.parent));
  if (key === forth) return nearest(edges.filter((edge) => edge.parent === place).map((edge) => edge.child));
  if (key !== before && key !== after) return undefined;
  const sign = key === after ? 1 : -1;
  const column = [...spots.keys()].filter((to) => Math.abs(spots[to].along - here.along) < 60 && to !== place);
  return nearest(column.filter((to) => sign * offset(to) > 0));
}
