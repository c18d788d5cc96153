// One case: what each entry kept of its rules.
async function showCase(index, parameters) {
  const id = parameters.get('case');
  const samples = await unpack(index.block.get(id) ?? missing(id));
  const entries = [...new Set(samples.map((sample) => sample.entry))].sort((a, b) => a - b);
  const outcomes = new Map();
  for (const sample of samples) {
    for (const finding of sample.findings) {
      if (!outcomes.has(finding.rule)) outcomes.set(finding.rule, new Map());
      const row = outcomes.get(finding.rule);
      row.set(sample.entry, [...(row.get(sample.entry) ?? []), [sample, finding.outcome]]);
    }
  }
  const interest = (row) => {
    const all = [...row.values()].flat().map(([, outcome]) => outcome);
    return all.every((outcome) => outcome === all[0]) ? (all[0] === 'fail' ? 1 : 2) : 0;
  };
  const rows = [...outcomes].sort(([a, mine], [b, theirs]) => interest(mine) - interest(theirs) || a.localeCompare(b));
  const heads = entries.map((entry) => {
    const own = samples.filter((sample) => sample.entry === entry);
    const href = own.length === 1 ? sampleAddress(own[0]) : address('list', entry, { case: id });
    const counted = own.filter((sample) => !sample.void);
    const mean = counted.length ? counted.reduce((sum, sample) => sum + sample.score, 0) / counted.length : null;
    return el('th', { scope: 'col', class: 'entry' }, el('span', {},
      el('a', { href }, name(index.entries[entry - 1].name)), el('span', { class: 'about', text: points(mean) })));
  });
  render(id, [el('a', { href: address('list', 'all', { case: id }), text: 'All answers to this case' })],
    el('p', { class: 'hint', text: 'Rules on which the models differ stand first. An outcome opens the answer at that finding.' }),
    table(['Rule', ...heads], rows.map(([rule, row]) => el('tr', {}, ruleHead(index, rule),
      ...entries.map((entry) => outcomeCell(id, rule, entry, row.get(entry) ?? [])))), 'Rules by model'));
}

function ruleHead(index, rule) {
  const about = index.byRule.get(rule);
  return el('th', { scope: 'row' }, name(rule),
    about ? el('span', { class: 'about' }, name(`${about.severity} · ${about.constraint} · ${about.question}`)) : null);
}

function outcomeCell(id, rule, entry, found) {
  if (!found.length) return el('td', { text: '–' });
  const failed = found.filter(([, outcome]) => outcome === 'fail');
  if (found.length > 1) {
    const passed = found.filter(([, outcome]) => outcome === 'pass').length;
    return el('td', { class: `outcome ${failed.length ? 'fail' : passed === found.length ? 'pass' : ''}` },
      el('a', { href: address('list', entry, { rule, case: id }), text: `${passed}/${found.length} pass` }));
  }
  const [[sample, outcome]] = found;
  const [sign, words] = OUTCOMES[outcome];
  return el('td', { class: `outcome ${outcome}` },
    el('a', { href: sampleAddress(sample, { rule }), text: `${sign} ${words}` }));
}
