// Draws the columns of a table above it. The table stays: it is the chart for everyone who reads.
'use strict';

const second = 1000;
const widest = 28;
const room = 64;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const numberOf = (cell) => Number(cell.textContent.replace(/[^\d.]/g, ''));
const compact = new Intl.NumberFormat(undefined, { notation: 'compact' });

document.querySelectorAll('.chart').forEach(show);

function show(figure) {
  const chart = chartOf(figure.querySelector('table'));
  if (chart.data[0].length < 2) {
    return;
  }

  const plot = figure.querySelector('.plot');
  plot.setAttribute('aria-hidden', 'true');
  let drawn = draw();

  // Only a change of the window or the theme draws again.
  new ResizeObserver(() => drawn.setSize(sizeOf(plot))).observe(plot);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    drawn.destroy();
    drawn = draw();
  });

  function draw() {
    return new uPlot({ ...optionsOf(chart), ...sizeOf(plot) }, chart.data, plot);
  }
}

function sizeOf(plot) {
  return { width: plot.clientWidth, height: 180 };
}

// The drawn columns of a table whose first column is a time, oldest first.
function chartOf(table) {
  const rows = [...table.tBodies[0].rows].toReversed();
  const times = rows.map((row) => row.querySelector('time').dateTime);
  const lines = [...table.tHead.rows[0].cells]
    .filter((header) => header.dataset.line)
    .map((header) => ({
      label: header.textContent,
      kind: header.dataset.line,
      values: rows.map((row) => numberOf(row.cells[header.cellIndex])),
    }))
    .filter(({ kind, values }) => kind === 'area' || values.some((value) => value > 0));
  return {
    isByDay: times.every((time) => time.length === 'yyyy-mm-dd'.length),
    lines,
    data: [times.map((time) => Date.parse(time) / second), ...lines.map(({ values }) => values)],
  };
}

function optionsOf({ isByDay, lines, data }) {
  const zone = isByDay ? { timeZone: 'UTC' } : {};
  const short = isByDay ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' };
  const whole = isByDay ? { dateStyle: 'medium' } : { dateStyle: 'medium', timeStyle: 'short' };
  const [axis, full] = [short, whole].map((form) => new Intl.DateTimeFormat(undefined, { ...form, ...zone }));
  const ofTime = (format) => (time) => format.format(new Date(time * second));
  const step = data[0][1] - data[0][0];
  const isWhole = data.slice(1).every((line) => line.every(Number.isInteger));
  const ink = { stroke: () => colour('muted'), font: '12px system-ui', ticks: { show: false } };
  return {
    cursor: { drag: { x: false, y: false }, y: false },
    scales: {
      x: { range: (_, from, to) => [from - step / 2, to + step / 2] },
      y: { range: (_, __, most) => [0, Math.max(most, 1) * 1.1] },
    },
    axes: [
      {
        ...ink,
        grid: { show: false },
        size: 26,
        splits: ({ width }) => data[0].filter((_, place, all) => place % Math.ceil((all.length * room) / width) === 0),
        values: (_, times) => times.map(ofTime(axis)),
      },
      {
        ...ink,
        grid: { stroke: () => colour('line'), width: 1 },
        size: 44,
        ...(isWhole && { incrs: wholeSteps() }),
        values: (_, numbers) => numbers.map((number) => compact.format(number)),
      },
    ],
    series: [
      { label: isByDay ? 'Day' : 'Hour', value: (_, time) => (time === null ? '' : ofTime(full)(time)) },
      ...lines.map(seriesOf),
    ],
  };
}

// What comes in is an area of bars; lines show what became of it.
function seriesOf({ label, kind }) {
  const value = (_, number) => number?.toLocaleString() ?? '';
  return kind === 'area'
    ? {
        label,
        value,
        stroke: () => colour('bar'),
        fill: () => colour('bar'),
        paths: uPlot.paths.bars({ size: [0.72, widest] }),
        points: { show: false },
      }
    : { label, value, stroke: () => colour(kind), width: 2, points: { show: false } };
}

function wholeSteps() {
  return Array.from({ length: 16 }, (_, place) => 10 ** place).flatMap((step) => [step, 2 * step, 5 * step]);
}
