'use strict';
// Opens the evidence behind a number. Everything that comes from a run is written by textContent alone.
(() => {
  const dialog = document.getElementById('evidence');
  const body = document.getElementById('evidence-body');
  const title = document.getElementById('evidence-title');
  const trail = document.getElementById('evidence-trail');
  const OUTCOMES = {
    pass: ['✓', 'pass'],
    fail: ['✕', 'fail'],
    not_applicable: ['–', 'not applicable'],
    grader_error: ['!', 'grader error'],
  };
  const MOST_ROWS = 300;
  const opened = new Map();
  let shown = null;
  let depth = 0;

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

  async function unpack(id) {
    if (!opened.has(id)) opened.set(id, inflate(document.getElementById(id).textContent));
    return opened.get(id);
  }

  async function inflate(base64) {
    const bytes = Uint8Array.from(atob(base64.trim()), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    return JSON.parse(await new Response(stream).text());
  }

  const caseOf = (id) => id.slice(0, id.lastIndexOf('@'));

  // Addresses: #list=ENTRY|all&rule=&constraint=&area=&case=&ships=no   #case=CASE   #sample=ENTRY/SAMPLE&rule=&at=
  //            #pair=ENTRY/ENTRY&constraint=&area=
  function address(kind, value, more = {}) {
    const parts = [`${kind}=${encodeURIComponent(value).replaceAll('%2F', '/')}`];
    for (const [key, item] of Object.entries(more)) {
      if (item !== null && item !== undefined && item !== '') parts.push(`${key}=${encodeURIComponent(item)}`);
    }
    return '#' + parts.join('&');
  }

  const sampleAddress = (sample, more) => address('sample', `${sample.entry}/${sample.id}`, more);

  function asked() {
    const parameters = new URLSearchParams(location.hash.slice(1).replaceAll('+', '%2B'));
    for (const view of ['list', 'case', 'sample', 'pair']) if (parameters.has(view)) return [view, parameters];
    return [null, parameters];
  }

  async function route() {
    const [view, parameters] = asked();
    if (view === null) {
      depth = 0;
      shown = null;
      if (dialog.open) dialog.close();
      return;
    }
    depth = history.state?.depth ?? depth + 1;
    if (history.state?.depth === undefined) history.replaceState({ depth }, '');
    if (!dialog.open) dialog.showModal();
    const index = await indexed();
    try {
      await { list: showList, case: showCase, sample: showSample, pair: showPair }[view](index, parameters);
    } catch (error) {
      render('Not on this page', [], el('p', { text: `Nothing here has this address. (${error.message})` }));
    }
  }

  async function indexed() {
    const index = await unpack('index');
    if (!index.byRule) {
      index.byRule = new Map(Object.entries(index.rules));
      index.block = new Map(index.cases.map((id, position) => [id, `case-${position}`]));
      for (const sample of index.samples) {
        sample.case = caseOf(sample.id);
      }
    }
    return index;
  }

  function render(heading, links, ...content) {
    title.textContent = heading;
    trail.replaceChildren(...links);
    body.replaceChildren(...content);
    dialog.scrollTop = 0;
    title.focus({ preventScroll: true });
  }

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

  // A list of samples, narrowed by what the number spoke of.
  async function showList(index, parameters) {
    const entry = parameters.get('list') === 'all' ? null : Number(parameters.get('list'));
    if (entry !== null && !index.entries[entry - 1]) throw new Error('no such entry');
    const filter = {};
    for (const key of ['rule', 'constraint', 'area', 'case', 'ships']) filter[key] = parameters.get(key) ?? '';
    const narrow = (change) => {
      location.hash = address('list', parameters.get('list'), { ...filter, ...change });
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
      choice('Rule', [...index.byRule.keys()], filter.rule, (rule) => narrow({ rule, constraint: '' })),
      choice('Constraint', constraints(index), filter.constraint, (constraint) => narrow({ constraint, rule: '' })));
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
      const mean = own.reduce((sum, sample) => sum + (sample.score ?? 0), 0) / own.length;
      return el('th', { scope: 'col', class: 'entry' }, el('span', {},
        el('a', { href }, name(index.entries[entry - 1].name)), el('span', { class: 'about', text: points(mean) })));
    });
    render(id, [el('a', { href: address('list', 'all', { case: id }), text: 'All answers to this case' })],
      el('p', { class: 'hint', text: 'Rules on which the models differ stand first. An outcome opens the answer at that finding.' }),
      table(['Rule', ...heads], rows.map(([rule, row]) => el('tr', {}, ruleHead(index, rule),
        ...entries.map((entry) => outcomeCell(id, rule, entry, row.get(entry) ?? [])))), 'Rules by model'));
  }

  function missing(id) {
    throw new Error(`no case ${id}`);
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
      return el('td', { class: failed.length ? 'outcome fail' : 'outcome' },
        el('a', { href: address('list', entry, { rule, case: id }), text: `${passed}/${found.length} pass` }));
    }
    const [[sample, outcome]] = found;
    const [sign, words] = OUTCOMES[outcome];
    return el('td', { class: `outcome ${outcome}` },
      el('a', { href: sampleAddress(sample, { rule }), text: `${sign} ${words}` }));
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
            [el('a', { href: sampleAddress(sample, { rule }) }, name(rule)), ' '])))))
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
        notes.set(place, [...(notes.get(place) ?? []), { rule: finding.rule, at, message: violation.message }]);
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
      ' ', name(violation.message)));
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
      about ? el('span', { class: 'about', text: ` ${about.severity} · ${about.constraint} ` }) : ' ', name(note.message));
  }

  function close() {
    const steps = depth;
    depth = 0;
    if (steps > 0 && history.length > steps) history.go(-steps);
    else {
      history.replaceState(null, '', location.href.split('#')[0]);
      route();
    }
  }

  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) close();
  });
  document.getElementById('evidence-close').addEventListener('click', close);
  window.addEventListener('hashchange', route);
  if (asked()[0] !== null) {
    // A link from elsewhere: there is no page of ours behind it to go back to.
    history.replaceState({ depth: history.state?.depth ?? 0 }, '');
    route();
  }
})();
