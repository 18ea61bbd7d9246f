// What was changed between two texts: by word where words have spaces between them, by grapheme elsewhere.

const MOST = 1_000_000; // pairs to compare; beyond this both texts are shown whole, which helps as much
const segmenters = new Map();

function segments(text, lang, granularity) {
  const name = `${lang} ${granularity}`;
  if (!segmenters.has(name)) {
    segmenters.set(name, typeof Intl.Segmenter === "function" ? new Intl.Segmenter(lang, { granularity }) : null);
  }
  const segmenter = segmenters.get(name);
  if (segmenter) return Array.from(segmenter.segment(text), (one) => one.segment);
  // Older browsers: runs of letters, runs of spaces, and every other character; never half a character.
  return text.match(granularity === "word" ? /\s+|[\p{L}\p{M}\p{N}_]+|./gsu : /\P{M}\p{M}*|\p{M}+/gsu) ?? [];
}

/** Pieces [kind, text] in order, kind "same", "old" or "new"; those not old make up `after`, those not new `before`. */
export function diff(before, after, { lang = "und", spaced = true } = {}) {
  if (before === after) return before ? [["same", before]] : [];
  const granularity = spaced ? "word" : "grapheme";
  const a = segments(before, lang, granularity);
  const b = segments(after, lang, granularity);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const pieces = [["same", a.slice(0, head).join("")]];
  pieces.push(...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)));
  pieces.push(["same", a.slice(a.length - tail).join("")]);
  return joined(pieces);
}

/** The longest common subsequence of what is left between equal ends. */
function middle(a, b) {
  if (a.length * b.length > MOST) return [["old", a.join("")], ["new", b.join("")]];
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] =
        a[i] === b[j]
          ? longest[(i + 1) * width + j + 1] + 1
          : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  const pieces = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      pieces.push(["same", a[i]]);
      i += 1;
      j += 1;
    } else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) {
      pieces.push(["old", a[i]]);
      i += 1;
    } else {
      pieces.push(["new", b[j]]);
      j += 1;
    }
  }
  pieces.push(["old", a.slice(i).join("")], ["new", b.slice(j).join("")]);
  return pieces;
}

/** Neighbours of one kind as one; what went stands before what came. */
function joined(pieces) {
  const found = [];
  let gone = "";
  let come = "";
  const flush = () => {
    if (gone) found.push(["old", gone]);
    if (come) found.push(["new", come]);
    gone = come = "";
  };
  for (const [kind, text] of pieces) {
    if (!text) continue;
    if (kind === "old") gone += text;
    else if (kind === "new") come += text;
    else {
      flush();
      if (found.at(-1)?.[0] === "same") found.at(-1)[1] += text;
      else found.push(["same", text]);
    }
  }
  flush();
  return found;
}

/** Show in `place` what `box` holds compared with its draft; nothing while they are equal. */
export function show(box, place) {
  const draft = box.dataset.draft;
  if (draft === undefined || draft === box.value) return place.replaceChildren();
  const pieces = diff(draft, box.value, { lang: box.lang, spaced: box.dataset.unspaced === undefined });
  const names = { old: "del", new: "ins" };
  place.replaceChildren(
    ...pieces.map(([kind, text]) => {
      if (kind === "same") return document.createTextNode(text);
      const marked = document.createElement(names[kind]);
      marked.textContent = text;
      return marked;
    }),
  );
}
