// Where a place in a text is. JavaScript counts UTF-16 units, what is stored counts code points: they are converted here and nowhere else.

const segmenters = new Map();
const KEPT = 200; // texts looked at last, so that drawing many places of one text measures it once

/** The same function, which remembers what it said last about each text. */
function remembering(look) {
  const known = new Map();
  return (text, ...more) => {
    const name = more.join(" ") + text;
    if (!known.has(name)) {
      if (known.size >= KEPT) known.delete(known.keys().next().value);
      known.set(name, look(text, ...more));
    }
    return known.get(name);
  };
}

/** The text's length in code points, and the way between a code point's number and the unit it begins at. */
export const measured = remembering((text) => {
  const starts = [];
  for (let unit = 0; unit < text.length; unit += text.codePointAt(unit) > 0xffff ? 2 : 1) starts.push(unit);
  starts.push(text.length);
  const numbers = new Map(starts.map((unit, point) => [unit, point]));
  return {
    length: starts.length - 1,
    unit: (point) => starts[Math.min(point, starts.length - 1)],
    // Inside of a surrogate pair is where the pair begins.
    point: (unit) => numbers.get(unit) ?? numbers.get(unit - 1),
  };
});

/** The units at which what people see as one character begins, and the text's end. */
export const graphemes = (text, lang) => boundaries(text, lang, "grapheme");

/** The units at which a word, or what stands between two, begins, and the text's end. */
export const words = (text, lang) => boundaries(text, lang, "word");

const boundaries = remembering((text, lang, granularity) => {
  const name = `${lang} ${granularity}`;
  if (!segmenters.has(name)) {
    segmenters.set(name, typeof Intl.Segmenter === "function" ? new Intl.Segmenter(lang, { granularity }) : null);
  }
  const segmenter = segmenters.get(name);
  if (segmenter) return [...Array.from(segmenter.segment(text), (one) => one.index), text.length];
  // Older browsers: a base with all its marks, whatever is joined to it, a pair of regional indicators.
  const rough =
    granularity === "word"
      ? /[\p{L}\p{M}\p{N}_]+|./gsu
      : /\r\n|\p{RI}\p{RI}|.(?:[\p{M}\u200c\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}]|\u200d\p{Extended_Pictographic}?)*/gsu;
  return [...Array.from(text.matchAll(rough), (one) => one.index), text.length];
});

/** The last boundary at or before a unit. */
export const before = (edges, unit) => edges.findLast((edge) => edge <= unit) ?? 0;

/** The first boundary at or after a unit. */
export const after = (edges, unit) => edges.find((edge) => edge >= unit) ?? edges.at(-1);
