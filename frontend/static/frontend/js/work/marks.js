// Characters that cannot be seen, shown as marks on demand: drawn over the texts, which stay as they are.

const NAMES = {
  "\t": "→", "\n": "↵", "\r": "CR", " ": "·", "\u00a0": "NBSP", "\u00ad": "SHY", "\u034f": "CGJ", "\u061c": "ALM", "\u115f": "HF", "\u1160": "HF",
  "\u17b4": "KIV", "\u17b5": "KIV", "\u180e": "MVS", "\u200b": "ZWSP", "\u200c": "ZWNJ", "\u200d": "ZWJ", "\u200e": "LRM", "\u200f": "RLM",
  "\u2028": "LS", "\u2029": "PS", "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO", "\u202f": "NNBSP",
  "\u2060": "WJ", "\u2061": "FA", "\u2062": "IT", "\u2063": "IS", "\u2064": "IP", "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI",
  "\u3000": "IDSP", "\u3164": "HF", "\ufeff": "BOM", "\uffa0": "HF", "\ufffc": "OBJ",
}; // prettier-ignore
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufffc\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}]+/gu;
const MOST = 3000; // marks on one screen

let on = false;
let again = 0;
new ResizeObserver(() => on && refresh(document.getElementById("work"))).observe(document.getElementById("work"));

/** Show the marks, or put them away. */
export function toggle(root) {
  on = !on;
  refresh(root);
}

/** Draw the marks anew, where they are shown. */
export function refresh(root) {
  root.querySelector("[data-marks]")?.setAttribute("aria-pressed", on);
  cancelAnimationFrame(again);
  const layer = layerOf(root);
  if (!on) {
    layer?.remove();
    for (const mirror of root.querySelectorAll(".mirror")) mirror.remove();
    return;
  }
  again = requestAnimationFrame(() => draw(root));
}

const layerOf = (root) => root.querySelector(":scope > .task > .unseen");

function draw(root) {
  const task = root.querySelector(".task");
  if (!task) return;
  for (const box of task.querySelectorAll("textarea.text")) mirror(box);
  layerOf(root)?.remove();
  const layer = document.createElement("div");
  layer.className = "unseen";
  layer.setAttribute("aria-hidden", "true");
  const origin = task.getBoundingClientRect();
  const marks = [];
  for (const text of task.querySelectorAll(".text:not(textarea)")) if (text.checkVisibility()) marks.push(...marksIn(text, origin));
  layer.append(...marks.slice(0, MOST));
  task.append(layer);
  apart(layer);
}

/** What is typed, once more under its box, where it has anything that cannot be seen: a box's own characters cannot be drawn over. */
function mirror(box) {
  let shown = box.nextElementSibling?.matches(".mirror") ? box.nextElementSibling : null;
  if (!/[^ \n]/u.test((box.value.match(UNSEEN) ?? []).join(""))) return void shown?.remove();
  if (!shown) {
    shown = document.createElement("div");
    shown.className = "mirror text";
    shown.setAttribute("aria-hidden", "true");
    [shown.lang, shown.dir] = [box.lang, box.dir || "auto"];
    box.after(shown);
  }
  shown.textContent = box.value;
}

function* marksIn(text, origin) {
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const { 0: run, index } of node.data.matchAll(UNSEEN)) {
      let unit = index;
      for (const part of run.match(/ | +$|[^ ]+/gu) ?? []) {
        range.setStart(node, unit);
        range.setEnd(node, (unit += part.length));
        const rect = range.getClientRects()[0];
        if (rect) yield mark(part, rect, origin);
      }
    }
  }
}

/** Of two names that would stand in each other's way the second goes below the line. */
function apart(layer) {
  const named = [...layer.children].filter((one) => !one.className);
  const rects = named.map((one) => one.getBoundingClientRect());
  named.forEach((one, at) => {
    const before = rects.slice(0, at).some((other, nth) => !named[nth].className && Math.abs(other.top - rects[at].top) < 8 && other.left < rects[at].right && rects[at].left < other.right);
    if (before) one.className = "low";
  });
}

function mark(run, rect, origin) {
  const one = document.createElement("i");
  const names = Array.from(run, (character) => NAMES[character] ?? (/\p{Zs}/u.test(character) ? "SP" : code(character)));
  one.textContent = names.join(" ");
  if (names.every((name) => name.length === 1)) one.className = "soft";
  one.style.left = `${(rect.left + rect.right) / 2 - origin.left}px`;
  one.style.top = `${(one.className ? (rect.top + rect.bottom) / 2 : rect.top) - origin.top}px`;
  one.style.height = `${rect.height}px`;
  return one;
}

/** A variation selector or a tag by its number, anything else by its code point. */
function code(character) {
  const point = character.codePointAt(0);
  if (point >= 0xfe00 && point <= 0xfe0f) return `VS${point - 0xfe00 + 1}`;
  if (point >= 0xe0000 && point <= 0xe007f) return `TAG ${point > 0xe001f && point < 0xe007f ? String.fromCodePoint(point - 0xe0000) : ""}`.trim();
  return point.toString(16).toUpperCase().padStart(4, "0");
}
