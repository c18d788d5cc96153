// Small makers of elements. Everything that comes from a run is written by textContent alone.
const OUTCOMES = {
  pass: ['✓', 'pass'],
  fail: ['✕', 'fail'],
  not_applicable: ['–', 'not applicable'],
  grader_error: ['!', 'grader error'],
};
const MOST_ROWS = 300;

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === 'text') node.textContent = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const name = (text) => el('bdi', { text });

const points = (score) => (score === null || score === undefined ? '–' : (100 * score).toFixed(1));

function table(headings, rows, label) {
  const head = el('tr', {}, ...headings.map((heading) =>
    heading instanceof Node ? heading : el('th', { scope: 'col', text: heading })));
  return el('div', { class: 'scroll', role: 'region', 'aria-label': label, tabindex: '0' },
    el('table', {}, el('thead', {}, head), el('tbody', {}, ...rows)));
}

function choice(label, options, chosen, act) {
  const select = el('select', {}, el('option', { value: '', text: 'all' }));
  for (const option of options) select.append(el('option', { value: option, text: option }));
  select.value = chosen ?? '';
  select.addEventListener('change', () => act(select.value));
  return el('label', {}, `${label} `, select);
}

function tick(label, checked, act) {
  const box = el('input', { type: 'checkbox', checked });
  box.addEventListener('change', () => act(box.checked));
  return el('label', {}, box, ` ${label}`);
}

const command = (words) => el('code', {}, name(words));
const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`);
