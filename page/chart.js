import uPlot from './uplot.js';

/**
 * @typedef {object} Line
 * @property {string} label
 * @property {string} color The name of a custom property of the style sheet.
 * @property {readonly number[]} values
 */

/**
 * Draws lines over time into an element, and again when it is called again, or the theme or the width changes.
 *
 * @param {string} id of the element
 * @param {(value: number) => string} words of a value, for the axis and the legend
 */
export function chart(id, words) {
  const place = document.getElementById(id);
  if (!place) throw new Error(`the page has no ${id}`);
  /** @type {uPlot | undefined} */
  let drawn;
  /** @type {{ at: readonly number[], lines: readonly Line[] }} */
  let shown = { at: [], lines: [] };

  const draw = () => {
    drawn?.destroy();
    const style = getComputedStyle(document.documentElement);
    /** @param {string} name */
    const color = (name) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: color('--soft'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
    };
    const options = {
      width: place.clientWidth,
      height: 200,
      cursor: { drag: { x: false, y: false } },
      axes: [
        axis,
        {
          ...axis,
          size: 64,
          values: (/** @type {unknown} */ _, /** @type {number[]} */ all) => all.map(words),
        },
      ],
      scales: {
        y: {
          range: (/** @type {unknown} */ _, /** @type {number} */ __, /** @type {number} */ most) =>
            rangeTo(most),
        },
      },
      series: [
        {},
        ...shown.lines.map(({ label, color: name }) => ({
          label,
          stroke: color(name),
          width: 2,
          value: (/** @type {unknown} */ __, /** @type {number | null} */ value) =>
            value === null ? '-' : words(value),
        })),
      ],
    };
    drawn = new uPlot(options, dataOf(shown), place);
  };

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  new ResizeObserver(() => {
    if (drawn && drawn.width !== place.clientWidth) drawn.setSize({ width: place.clientWidth, height: 200 });
  }).observe(place);

  /**
   * @param {readonly number[]} at seconds since the epoch
   * @param {readonly Line[]} lines
   */
  return (at, lines) => {
    shown = { at, lines };
    if (drawn) drawn.setData(dataOf(shown));
    else draw();
  };
}

/** @param {number} most @returns {[number, number]} */
function rangeTo(most) {
  return [0, most > 0 ? most * 1.1 : 1];
}

/**
 * @param {{ at: readonly number[], lines: readonly Line[] }} shown
 * @returns {import('uplot').AlignedData}
 */
function dataOf({ at, lines }) {
  return [[...at], ...lines.map(({ values }) => [...values])];
}
