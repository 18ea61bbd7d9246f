// Drawing marked places under and over a text that itself stays one untouched run of characters.

const LANE = 14;

/** Draw `spans` ({from, to, hue, short, name, key, chosen} in units) on a `.markable`; `make` makes a place's button. */
export function draw(markable, spans, make) {
  const text = markable.querySelector(".text");
  const [under, over] = layers(markable);
  const node = text.firstChild;
  over.replaceChildren();
  under.replaceChildren();
  if (!node || !spans.length) return lanes(markable, 1);
  const tags = spans.map((span) => over.appendChild(make(span)));
  const rtl = getComputedStyle(text).direction === "rtl";
  const widths = tags.map((tag) => tag.offsetWidth);
  const [pieces, lines] = piecesOf(spans, node, markable);
  const lane = laned(pieces, widths, lines, rtl);
  const most = Math.max(...lane) + 1;
  // More room between the lines moves them, and nothing within them.
  const placed = lanes(markable, most) ? piecesOf(spans, node, markable)[0] : pieces;
  const pitch = parseFloat(getComputedStyle(text).lineHeight) - most * LANE;
  for (const [at, span] of spans.entries()) {
    for (const [nth, piece] of placed[at].entries()) {
      const foot = piece.middle + pitch / 2 - 3 + lane[at] * LANE;
      const wash = bit(under, "wash", span, piece.left, piece.middle - pitch * 0.42, piece.right - piece.left);
      wash.style.height = `${pitch * 0.84}px`;
      bit(under, "line", span, piece.left, foot, piece.right - piece.left);
      if (nth) continue;
      tags[at].style.top = `${foot + 2}px`;
      tags[at].style.left = `${rtl ? Math.max(piece.right - widths[at], 0) : Math.min(piece.left, markable.clientWidth - widths[at])}px`;
    }
  }
  // Tab goes through the places in the order of the text.
  tags.forEach((tag) => over.append(tag));
}

function layers(markable) {
  const found = [...markable.querySelectorAll(":scope > .layer")];
  if (found.length) return found;
  for (const [name, place] of [["under", "afterbegin"], ["over", "beforeend"]]) {
    const layer = document.createElement("div");
    layer.className = `layer ${name}`;
    markable.insertAdjacentElement(place, layer);
  }
  return layers(markable);
}

/** True when the room for lanes changed. */
function lanes(markable, number) {
  if (markable.dataset.lanes === String(number)) return false;
  markable.dataset.lanes = number;
  markable.style.setProperty("--lanes", number);
  return true;
}

/** Each place's boxes, one or more a line, and the middles of the lines. */
function piecesOf(spans, node, markable) {
  const origin = markable.getBoundingClientRect();
  const lines = [];
  const pieces = spans.map(({ from, to }) => {
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    const rects = [...range.getClientRects()].filter((one) => one.width > 0.5);
    const found = rects.map((one) => ({
      left: one.left - origin.left,
      right: one.right - origin.left,
      middle: (one.top + one.bottom) / 2 - origin.top,
    }));
    return joined(found);
  });
  for (const { middle } of pieces.flat()) if (!lines.some((line) => Math.abs(line - middle) < 4)) lines.push(middle);
  return [pieces, lines];
}

/** Neighbouring boxes of one line as one. */
function joined(boxes) {
  const found = [];
  for (const one of boxes) {
    const last = found.at(-1);
    const beside = last && Math.abs(last.middle - one.middle) < 4 && one.left <= last.right + 1 && one.right >= last.left - 1;
    if (!beside) found.push(one);
    else Object.assign(last, { left: Math.min(last.left, one.left), right: Math.max(last.right, one.right) });
  }
  return found;
}

/** The lane of each place: short ones next to the text, nothing on top of anything else on the same line. */
function laned(pieces, widths, lines, rtl) {
  const length = (at) => pieces[at].reduce((sum, one) => sum + one.right - one.left, 0);
  const order = pieces.map((_one, at) => at).sort((a, b) => length(a) - length(b) || a - b);
  const taken = [];
  const lane = pieces.map(() => 0);
  for (const at of order) {
    const wanted = pieces[at].map((one, nth) => ({
      line: lines.findIndex((line) => Math.abs(line - one.middle) < 4),
      left: rtl && !nth ? Math.min(one.left, one.right - widths[at] - 3) : one.left,
      right: !rtl && !nth ? Math.max(one.right, one.left + widths[at] + 3) : one.right,
    }));
    const free = (row) => !wanted.some((one) => row.some((other) => other.line === one.line && one.left < other.right && other.left < one.right));
    lane[at] = taken.findIndex(free);
    if (lane[at] < 0) lane[at] = taken.push([]) - 1;
    taken[lane[at]].push(...wanted);
  }
  return lane;
}

function bit(layer, name, span, left, top, width) {
  const one = document.createElement("i");
  one.className = `${name} hue-${span.hue}`;
  one.dataset.key = span.key;
  Object.assign(one.style, { left: `${left}px`, top: `${top}px`, width: `${width}px` });
  return layer.appendChild(one);
}

/** Show the caret before a unit, or none. */
export function caret(markable, unit) {
  const over = layers(markable)[1];
  over.querySelector(".caret")?.remove();
  const node = markable.querySelector(".text").firstChild;
  if (unit === null || !node) return;
  const range = document.createRange();
  range.setStart(node, unit);
  range.collapse(true);
  const rect = [...range.getClientRects()].at(-1);
  if (!rect) return;
  const [origin, line] = [markable.getBoundingClientRect(), document.createElement("i")];
  line.className = "caret";
  Object.assign(line.style, { left: `${rect.left - origin.left - 1}px`, top: `${rect.top - origin.top}px`, height: `${rect.height}px` });
  over.append(line);
}
