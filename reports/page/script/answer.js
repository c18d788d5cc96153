// One answer, its findings under the lines that they speak of.
async function showSample(index, parameters) {
  const [entryText, ...rest] = parameters.get('sample').split('/');
  const id = rest.join('/');
  const key = `${entryText}/${id}`;
  if (shown !== key) {
    const samples = await unpack(index.block.get(caseOf(id)) ?? missing(id));
    const sample = samples.find((each) => each.entry === Number(entryText) && each.id === id);
    if (!sample) throw new Error(`no answer ${id}`);
    drawSample(index, sample, samples);
    shown = key;
  }
  const rule = parameters.get('rule');
  if (rule) goTo(rule, parameters.get('at'));
}

function goTo(rule, at) {
  const notes = [...body.querySelectorAll('.note, .finding')].filter((node) => node.dataset.rule === rule);
  const note = notes.find((node) => node.classList.contains('note') && (at === null || node.dataset.at === at))
    ?? notes[0];
  if (!note) return;
  body.querySelectorAll('.current').forEach((node) => node.classList.remove('current'));
  note.hidden = false;
  note.classList.add('current');
  note.scrollIntoView({ block: 'center' });
  note.focus({ preventScroll: true });
}

function drawSample(index, sample, samples) {
  const entry = index.entries[sample.entry - 1];
  const notes = placed(sample);
  const facts = [`status ${sample.status}`];
  if (sample.void) facts.push(`counts for nothing: ${sample.void}`);
  else {
    facts.push(`score ${points(sample.score)}`, sample.ships ? 'ships' : 'does not ship');
    if (sample.ungated !== sample.score) facts.push(`${points(sample.ungated)} without gates`);
    if (!sample.contract_kept) facts.push('delivery contract not kept');
  }
  for (const turn of sample.turns) {
    if (turn.completion_tokens) facts.push(`${turn.completion_tokens} tokens`);
    if (typeof turn.seconds === 'number') facts.push(`${turn.seconds.toFixed(1)} s`);
  }
  const siblings = samples.filter((each) => each.id === sample.id).map((each) => el('li', {},
    el('a', { href: sampleAddress(each), 'aria-current': each === sample ? 'true' : null },
      name(index.entries[each.entry - 1].name), ` ${each.void ? 'void' : points(each.score)}`)));
  const findings = findingList(index, sample);
  const answer = el('div', { class: 'answer' }, ...sample.turns.map((turn, number) =>
    drawTurn(index, sample, turn, number, notes)));
  if (!sample.turns.length) answer.append(el('p', { text: 'There is no answer.' }));
  render(`${entry.name}: ${sample.id}`, [
    el('a', { href: address('case', caseOf(sample.id)), text: 'This case, all models' }),
    el('a', { href: address('list', sample.entry), text: 'All answers of this model' }),
  ],
  el('p', { class: 'hint' }, name(facts.join(' · '))),
  siblings.length > 1 ? el('ul', { class: 'siblings', 'aria-label': 'Answers to the same' }, ...siblings) : null,
  el('dl', { class: 'commands' },
    el('dt', { text: 'what was asked, and why each rule is fair' }),
    el('dd', {}, command(`.venv/bin/drydock cases show ${quoted(caseOf(sample.id))} --seed ${seedOf(sample.id)}`)),
    el('dt', { text: 'the same on a terminal' }),
    el('dd', {}, command(`.venv/bin/drydock show ${entry.folder} ${quoted(sample.id)}`)),
    el('dt', { text: 'grade it again' }), el('dd', {}, command(`.venv/bin/drydock grade ${entry.folder}`))),
  el('h3', { text: 'Findings' }), ...findings, el('h3', { text: 'Answer, as it was written' }), answer);
}

// Violations by turn and line of the answer; those without a place stay in the list of findings.
function placed(sample) {
  const starts = new Map(sample.artifacts.map((artifact) => [artifact.path, artifact]));
  const notes = new Map();
  for (const finding of sample.findings) {
    if (finding.outcome !== 'fail') continue;
    (finding.violations ?? []).forEach((violation, at) => {
      const artifact = starts.get(violation.file);
      if (!artifact || !violation.line) return;
      const place = `${artifact.turn}:${artifact.line + violation.line - 1}`;
      notes.set(place, [...(notes.get(place) ?? []), { rule: finding.rule, at, message: violation.message, trace: violation.trace }]);
    });
  }
  return notes;
}

function findingList(index, sample) {
  const order = { fail: 0, grader_error: 1, pass: 2, not_applicable: 3 };
  const items = [...sample.findings].sort((a, b) => order[a.outcome] - order[b.outcome] || a.rule.localeCompare(b.rule))
    .map((finding) => findingItem(index, sample, finding));
  const list = el('ol', { class: 'findings' }, ...items);
  const none = el('p', { text: 'No finding fits these filters.' });
  const chosen = { rule: '', constraint: '', failed: sample.findings.some((finding) => finding.outcome === 'fail') };
  const apply = (change = {}) => {
    Object.assign(chosen, change);
    let visible = 0;
    for (const node of body.querySelectorAll('.note, .finding')) hide(node);
    for (const node of items) {
      hide(node);
      visible += !node.hidden;
    }
    none.hidden = visible > 0;
  };
  const hide = (node) => {
    const constraint = index.byRule.get(node.dataset.rule)?.constraint;
    node.hidden = Boolean((chosen.rule && node.dataset.rule !== chosen.rule)
      || (chosen.constraint && constraint !== chosen.constraint)
      || (chosen.failed && node.dataset.outcome === 'pass') || (chosen.failed && node.dataset.outcome === 'not_applicable'));
  };
  const rules = [...new Set(sample.findings.map((finding) => finding.rule))].sort();
  const served = [...new Set(rules.map((rule) => index.byRule.get(rule)?.constraint).filter(Boolean))].sort();
  const bar = el('div', { class: 'filters' },
    choice('Rule', rules, '', (rule) => apply({ rule })),
    choice('Constraint', served, '', (constraint) => apply({ constraint })),
    tick('Failed only', chosen.failed, (failed) => apply({ failed })));
  apply();
  return [bar, none, list];
}

function findingItem(index, sample, finding) {
  const about = index.byRule.get(finding.rule);
  const [sign, words] = OUTCOMES[finding.outcome];
  const violations = el('ul', { class: 'places' });
  (finding.violations ?? []).forEach((violation, at) => {
    const where = violation.file ? `${violation.file}${violation.line ? `:${violation.line}` : ''}` : 'whole answer';
    violations.append(el('li', {}, violation.line
      ? el('a', { href: sampleAddress(sample, { rule: finding.rule, at }) }, name(where)) : name(where),
    ' ', name(violation.message), violation.trace && !violation.line ? drawTrace(violation.trace) : null));
  });
  return el('li', { class: `finding ${finding.outcome}`, tabindex: '-1', 'data-rule': finding.rule, 'data-outcome': finding.outcome },
    el('p', {}, el('span', { class: 'sign', text: `${sign} ${words}` }), ' ', el('strong', {}, name(finding.rule)),
      ' ', el('span', { class: 'about' }, name(about
        ? `${about.advisory ? 'advisory' : about.severity} · ${about.constraint} · ${about.question}` : '')),
      finding.gated_by ? ` gated by ${finding.gated_by}` : null),
    finding.error ? el('p', {}, name(finding.error)) : null,
    violations.childElementCount ? violations : null);
}

function drawTurn(index, sample, turn, number, notes) {
  const section = el('section', { class: 'turn', 'aria-label': `Turn ${number + 1}` });
  if (sample.turns.length > 1) section.append(el('h4', { text: `Turn ${number + 1}` }));
  if (turn.error) section.append(el('p', { class: 'callout' }, name(turn.error)));
  if (turn.text === null) {
    section.append(el('p', { class: 'callout', text: `The text (${turn.cut} lines) is left out to keep this page small. The command above shows it.` }));
    return section;
  }
  const lines = turn.text.split('\n');
  const files = sample.artifacts.filter((artifact) => artifact.turn === number).sort((a, b) => a.line - b.line);
  let next = 1;
  for (const file of files) {
    const begin = Math.max(next, file.line);
    const end = Math.min(lines.length, file.line + file.lines - 1);
    if (end < begin) continue;
    if (begin > next) section.append(segment(lines, next, begin - 1, 0, null, number, notes));
    section.append(segment(lines, begin, end, file.line - 1, file, number, notes));
    next = end + 1;
  }
  if (next <= lines.length) section.append(segment(lines, next, lines.length, 0, null, number, notes));
  if (turn.cut) section.append(el('p', { class: 'callout', text: `${turn.cut} more lines are left out here; the command above shows them.` }));
  return section;

  function segment(all, from, to, offset, file, turnNumber, placedNotes) {
    const code = el('div', { class: file ? 'file' : 'words' });
    if (file) {
      const remarks = [file.kind, `${file.lines} lines`, file.whole ? null : 'a fragment', file.asked ? null : 'not asked for'];
      code.append(el('p', { class: 'file-head' }, el('strong', {}, name(file.path)), ' ',
        el('span', { class: 'about' }, name(remarks.filter(Boolean).join(' · ')))));
    }
    for (let line = from; line <= to; line += 1) {
      code.append(el('div', { class: 'line' }, el('span', { class: 'no', text: String(line - offset) }),
        el('span', { class: 'text', dir: 'auto', text: all[line - 1] })));
      for (const note of placedNotes.get(`${turnNumber}:${line}`) ?? []) code.append(noteUnder(index, note));
    }
    return code;
  }
}

function noteUnder(index, note) {
  const about = index.byRule.get(note.rule);
  return el('div', { class: 'note', tabindex: '-1', role: 'note', 'data-rule': note.rule, 'data-at': note.at, 'data-outcome': 'fail' },
    el('span', { class: 'sign', text: '✕' }), ' ', el('strong', {}, name(note.rule)),
    about ? el('span', { class: 'about', text: ` ${about.severity} · ${about.constraint} ` }) : ' ', name(note.message),
    note.trace ? drawTrace(note.trace) : null);
}
