// A list of samples, narrowed by what the number spoke of.
async function showList(index, parameters) {
  const entry = parameters.get('list') === 'all' ? null : Number(parameters.get('list'));
  if (entry !== null && !index.entries[entry - 1]) throw new Error('no such entry');
  const filter = {};
  for (const key of ['rule', 'constraint', 'area', 'case', 'ships']) filter[key] = parameters.get(key) ?? '';
  const narrow = async (control, change) => {
    history.replaceState(history.state, '', address('list', parameters.get('list'), { ...filter, ...change }));
    drawing = drawing.then(draw);
    await drawing;
    [...body.querySelectorAll('.filters label')].find((label) => label.textContent.startsWith(control))
      .querySelector('select').focus();
  };
  const speaks = (failure) => (!filter.rule || failure.rule === filter.rule)
    && (!filter.constraint || index.byRule.get(failure.rule)?.constraint === filter.constraint);
  const inScope = index.samples.filter((sample) => (entry === null || sample.entry === entry)
    && (!filter.case || sample.case === filter.case) && (!filter.area || sample.area === filter.area)
    && (!filter.ships || (!sample.ships && !sample.void)));
  const found = inScope.map((sample) => [sample, sample.failures.filter(speaks)]);
  found.sort(([a, mine], [b, theirs]) => (mine.length === 0) - (theirs.length === 0)
    || (a.score ?? 2) - (b.score ?? 2) || a.entry - b.entry);
  const failed = found.filter(([, failures]) => failures.length);
  const narrowed = filter.rule || filter.constraint;

  const bar = el('div', { class: 'filters' },
    choice('Rule', [...index.byRule.keys()], filter.rule, (rule) => narrow('Rule', { rule, constraint: '' })),
    choice('Constraint', constraints(index), filter.constraint, (constraint) => narrow('Constraint', { constraint, rule: '' })));
  const place = el('div');
  const fill = (failedOnly) => {
    const rows = failedOnly ? failed : found;
    place.replaceChildren(rows.length ? table(['Model', 'Answer', 'Score', 'Failures'],
      rows.slice(0, MOST_ROWS).map((row) => listRow(index, row)), 'Answers') : el('p', { text: 'None failed.' }));
    if (rows.length > MOST_ROWS) {
      place.append(el('p', { text: `${rows.length - MOST_ROWS} more: narrow the list by rule or constraint.` }));
    }
  };
  bar.append(tick('Failed only', Boolean(narrowed), fill));
  fill(Boolean(narrowed));

  const who = entry === null ? 'All models' : index.entries[entry - 1].name;
  const what = Object.values({ ...filter, ships: filter.ships && 'does not ship' }).filter(Boolean).join(', ');
  const rule = index.byRule.get(filter.rule);
  const about = rule ? `${rule.severity} · ${rule.constraint}${rule.question ? ` · ${rule.question}` : ''}` : null;
  render(what ? `${who}: ${what}` : who,
    entry === null ? [] : [el('a', { href: address('list', 'all', filter), text: 'The same for all models' })],
    about ? el('p', { text: about }) : null,
    el('p', { class: 'hint', text: `${failed.length} of ${inScope.length} answers failed ${narrowed ? 'here' : 'a rule'}.` }),
    bar, place);
}

const constraints = (index) =>
  [...new Set([...index.byRule.values()].map((rule) => rule.constraint))].sort();

function listRow(index, [sample, failures]) {
  const places = el('ul', { class: 'places' });
  for (const failure of failures) {
    const where = failure.file ? `${failure.file}${failure.line ? `:${failure.line}` : ''}` : 'whole answer';
    places.append(el('li', {},
      el('a', { href: sampleAddress(sample, { rule: failure.rule }) }, name(`${failure.rule} ${where}`)),
      ' ', name(failure.message), failure.count > 1 ? ` (and ${failure.count - 1} more)` : null,
      failure.gated_by ? ` (gated by ${failure.gated_by})` : null));
  }
  return el('tr', {},
    el('td', {}, name(index.entries[sample.entry - 1].name)),
    el('th', { scope: 'row' }, el('a', { href: sampleAddress(sample) }, name(sample.id))),
    el('td', { class: 'num', text: points(sample.score) }),
    el('td', { class: 'prose' }, sample.void ? name(sample.void) : failures.length ? places : 'none'));
}

// Two entries: the cases and rules that make their difference, the widest first.
async function showPair(index, parameters) {
  const pair = parameters.get('pair').split('/').map(Number);
  const [first, second] = pair.map((entry) => index.entries[entry - 1].name);
  const [constraint, area] = [parameters.get('constraint'), parameters.get('area')];
  const cases = new Map();
  for (const sample of index.samples) {
    const side = pair.indexOf(sample.entry);
    if (side < 0 || sample.void || (area && sample.area !== area)) continue;
    if (!cases.has(sample.case)) cases.set(sample.case, [[], []]);
    cases.get(sample.case)[side].push(sample);
  }
  const rows = [...cases].filter(([, sides]) => sides.every((side) => side.length)).map(([id, sides]) => {
    const scores = sides.map((side) => side.reduce((sum, sample) => sum + sample.score, 0) / side.length);
    const failed = sides.map((side) => failuresByRule(index, side, constraint));
    const only = failed.map((mine, side) => [...mine].filter(([rule]) => !failed[1 - side].has(rule)));
    return { id, scores, only, difference: scores[0] - scores[1] };
  }).filter(({ only, difference }) => only.some((rules) => rules.length) || (!constraint && difference));
  rows.sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference) || a.id.localeCompare(b.id));
  render(`${first} − ${second}${constraint || area ? `: ${constraint ?? area}` : ''}`, [],
    el('p', { class: 'hint', text: `${rows.length} of ${cases.size} cases differ. A rule opens the answer that failed it and whose counterpart did not.` }),
    table(['Case', first, second, 'Difference', `Only ${first} failed`, `Only ${second} failed`],
      rows.map(({ id, scores, only, difference }) => el('tr', {},
        el('th', { scope: 'row' }, el('a', { href: address('case', id) }, name(id))),
        ...scores.map((score) => el('td', { class: 'num', text: points(score) })),
        el('td', { class: 'num strong', text: `${difference > 0 ? '+' : ''}${points(difference)}`.replace('-', '−') }),
        ...only.map((rules) => el('td', { class: 'prose' }, ...rules.flatMap(([rule, sample]) =>
          [el('a', { class: 'nowrap', href: sampleAddress(sample, { rule }) }, name(rule)), ' '])))))
      , 'Cases in which the two differ'));
}

// Failed rules that weigh something, each with the first sample that failed it.
function failuresByRule(index, samples, constraint) {
  const found = new Map();
  for (const sample of samples) {
    for (const { rule } of sample.failures) {
      const about = index.byRule.get(rule);
      const counts = !about.advisory && (!constraint || about.constraint === constraint);
      if (counts && !found.has(rule)) found.set(rule, sample);
    }
  }
  return found;
}
