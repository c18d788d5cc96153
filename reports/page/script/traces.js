// What a simulation saw, drawn under its finding: a timeline, a path, a matrix, permissions, a plan's changes.
const PLOT_WIDTH = 640;
const BAND = 46;
const STROKE = 27;

function drawTrace(trace) {
  const forms = { timeline: drawTimeline, path: drawPath, matrix: drawMatrix, permissions: drawPermissions, changes: drawChanges };
  return el('figure', { class: `trace ${trace.form}` }, el('figcaption', {}, name(trace.title)), forms[trace.form](trace));
}

function shape(tag, attributes, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'text') node.textContent = value;
    else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

function duration(seconds) {
  for (const [size, unit] of [[86400, 'd'], [3600, 'h'], [60, 'min']]) {
    if (seconds >= size) return `${Number((seconds / size).toPrecision(3))} ${unit}`;
  }
  return `${Number(seconds.toPrecision(3))} s`;
}

// Each value in a band of its own, as a share of its highest; each span as a bar below, on the same axis.
function drawTimeline(trace) {
  const points = Math.max(1, ...trace.lines.map((line) => line.values.length));
  const total = points * trace.seconds;
  const x = (seconds) => (PLOT_WIDTH * Math.min(seconds, total)) / total;
  const height = trace.lines.length * BAND + trace.spans.length * STROKE + 22;
  const drawing = shape('svg', { class: 'plot', viewBox: `0 0 ${PLOT_WIDTH} ${height}`, role: 'img',
    'aria-label': [trace.title, ...trace.spans.map(spanWords)].join('; ') });
  trace.lines.forEach((line, at) => drawing.append(...band(line, at * BAND, (point) => x(point * trace.seconds))));
  trace.spans.forEach((span, at) => drawing.append(...bar(span, trace.lines.length * BAND + at * STROKE, x, total)));
  for (const [share, anchor] of [[0, 'start'], [0.5, 'middle'], [1, 'end']]) {
    drawing.append(shape('text', { x: share * PLOT_WIDTH, y: height - 4, 'text-anchor': anchor, 'font-size': 11,
      class: 'fill-muted', text: share ? duration(share * total) : '0' }));
  }
  return drawing;
}

function band(line, top, x) {
  const highest = Math.max(...line.values.map((value) => value ?? 0), 0);
  const base = top + BAND - 6;
  let path = '';
  let pen = 'M';
  line.values.forEach((value, point) => {
    if (value === null) { pen = 'M'; return; }
    const y = base - (highest > 0 ? (26 * Math.max(value, 0)) / highest : 0);
    path += `${pen}${x(point).toFixed(1)},${y.toFixed(1)}H${x(point + 1).toFixed(1)}`;
    pen = 'L';
  });
  return [
    shape('line', { x1: 0, x2: PLOT_WIDTH, y1: base, y2: base, class: 'stroke-grid' }),
    shape('path', { d: path || `M0,${base}`, class: 'fill-none stroke-accent', 'stroke-width': 1.5 }),
    shape('text', { x: 2, y: top + 11, 'font-size': 11, class: 'fill-ink', text: `${line.name}, up to ${Number(highest.toPrecision(3))}` }),
  ];
}

const spanWords = (span) =>
  `${span.level} ${span.label}: ${duration(span.start)} to ${span.end === null ? 'the end' : duration(span.end)}`;

// The words stand above the bar, at the end of it that leaves them room.
function bar(span, top, x, total) {
  const start = x(span.start);
  const end = Math.max(start + 2, x(span.end ?? total));
  const early = start < PLOT_WIDTH / 2;
  return [
    shape('text', { x: early ? start : end, y: top + 11, 'font-size': 11, 'text-anchor': early ? 'start' : 'end',
      class: 'fill-ink', text: spanWords(span) }),
    shape('rect', { x: start, y: top + 15, width: end - start, height: 6, class: `span-${span.level}` }),
  ];
}

function drawPath(trace) {
  const signs = { success: '✓', failure: '✕', skipped: '–', cancelled: '–' };
  return el('ol', { class: 'steps' }, ...trace.steps.map((step) => el('li', { class: step.outcome === 'failure' ? 'fail' : '' },
    el('span', { class: 'sign', text: `${signs[step.outcome] ?? '·'} ${step.outcome}` }), ' ', name(step.name),
    step.note ? el('span', { class: 'about' }, ' ', name(step.note)) : null,
    step.file ? el('span', { class: 'about' }, ' ', name(`${step.file}${step.line ? `:${step.line}` : ''}`)) : null)));
}

function drawMatrix(trace) {
  const heads = ['From', ...trace.columns.map((column) => el('th', { scope: 'col' }, name(column)))];
  const rows = trace.rows.map((row, at) => el('tr', {}, el('th', { scope: 'row' }, name(row)),
    ...trace.cells[at].map((cell) => {
      const wrong = cell.expected !== null && cell.expected !== cell.allowed;
      return el('td', { class: wrong ? 'outcome fail' : '' },
        el('span', { class: 'sign', text: `${cell.allowed ? 'yes' : 'no'}${wrong ? `, should be ${cell.expected ? 'yes' : 'no'}` : ''}` }));
    })));
  return table(heads, rows, trace.title);
}

function drawPermissions(trace) {
  return table(['As it should', 'Request', 'Asked', 'Granted', 'By'], trace.entries.map((entry) => {
    const wrong = entry.granted === (entry.asked !== 'needed');
    return el('tr', { class: wrong ? 'fail' : 'pass' }, el('td', {}, el('span', { class: 'sign', text: wrong ? '✕' : '✓' })),
      el('th', { scope: 'row' }, name(entry.request)), el('td', { text: entry.asked }),
      el('td', { text: entry.granted ? 'yes' : 'no' }), el('td', {}, name(entry.by)));
  }), trace.title);
}

function drawChanges(trace) {
  return table(['Action', 'Resource', 'Why'], trace.entries.map((entry) => el('tr', {}, el('td', { text: entry.action }),
    el('th', { scope: 'row' }, name(entry.address)), el('td', { class: 'prose' }, name(entry.note)))), trace.title);
}
