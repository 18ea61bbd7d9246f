// Formulas in texts drawn as formulas, by Temml as MathML. What cannot be drawn stays as it was written, and says why.

import temml from "../../../vendor/temml/temml.js";

// $…$, $$…$$, \(…\), \[…\] and environments; an escaped dollar is a dollar.
const FORMULA = /(?<!\\)\$\$([^]+?)(?<!\\)\$\$|(?<!\\)\$(?!\s)([^$\n]+?)(?<![\s\\])\$(?!\d)|\\\(([^]+?)\\\)|\\\[([^]+?)\\\]|(\\begin\{(\w+\*?)\}[^]+?\\end\{\6\})/g;
const LONGEST = 5000;
const drawn = new WeakMap();

/** Draw every text with formulas, and beside what is typed how it will look. */
export function draw(root) {
  for (const place of root.querySelectorAll("[data-math]")) shown(place);
  for (const place of root.querySelectorAll("[data-formula]")) preview(place);
}

/** The box or text beside it with its formulas; where one formula is asked for, all that is typed is that one. */
function preview(place) {
  const of = place.parentElement.querySelector("textarea") ?? place.parentElement.querySelector(".text");
  const text = of.value ?? of.textContent;
  if (drawn.get(place) === text) return;
  drawn.set(place, text);
  [place.lang, place.dir] = [of.lang, of.dir];
  const some = text.search(FORMULA) >= 0;
  place.hidden = !some && place.dataset.formula === "within";
  place.replaceChildren(...(some ? pieces(text) : text.trim() && !place.hidden ? [formula(text.trim(), true)] : []));
}

/** The text with its formulas, and as it was written one click away. */
function shown(place) {
  const text = place.querySelector(".text");
  if (drawn.has(place) || !text) return;
  drawn.set(place, true);
  const found = pieces(text.textContent);
  if (found.length < 2 && typeof found[0] === "string") return;
  const copy = text.cloneNode(false);
  copy.classList.add("math");
  copy.append(...found);
  text.classList.add("written");
  place.prepend(copy);
  place.classList.add("drawn");
}

function pieces(text) {
  const found = [];
  let at = 0;
  for (const match of text.matchAll(FORMULA)) {
    if (match.index > at) found.push(after(text.slice(at, match.index), found));
    found.push(formula(match[1] ?? match[2] ?? match[3] ?? match[4] ?? match[5], match[1] !== undefined || match[4] !== undefined || match[5] !== undefined, match[0]));
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push(after(text.slice(at), found));
  return found;
}

/** A formula that has a line of its own needs no space or line's end behind it. */
const after = (text, found) => (found.at(-1)?.className === "formula-block" ? text.replace(/^[ \n]/, "") : text);

function formula(tex, displayMode, whole = tex) {
  const place = document.createElement("span");
  place.className = displayMode ? "formula-block" : "formula-inline";
  try {
    if (tex.length > LONGEST) throw new Error(`${tex.length} > ${LONGEST}`);
    temml.render(tex, place, { displayMode, trust: false, throwOnError: true, maxExpand: 200, maxSize: [10, 100] });
    place.title = whole;
  } catch (error) {
    place.className = "formula-wrong";
    place.textContent = whole;
    place.title = String(error.message).slice(0, 200);
  }
  return place;
}
