// What one event makes GitHub run: jobs in the order of their needs, steps with their conditions, called workflows and
// composite actions of the same repository followed. Sources: docs.github.com, "Workflow syntax", "Contexts", "Reusing
// workflows", "Deployments and environments"; that success() of a job looks at every ancestor: actions/runner issues 491, 2205;
// that continue-on-error of a job shows as success to its dependants: actions/runner issue 1161.
import path from 'node:path';
import {githubContext} from './contexts.mjs';
import {filled, holds, valueOf} from './expressions.mjs';
import {legsOf} from './matrix.mjs';
import {isUnknown, openEnvOf, openText, SETTLED, settledOutput, unknown} from './known.mjs';
import {listOf, starts, triggersOf} from './triggers.mjs';

const DEEPEST = 10; // GitHub: ten levels of called workflows, ten of composite actions
const WRITTEN = /echo\s+["']?([A-Za-z_][\w-]*)=(.*?)["']?\s*>>\s*["']?\$\{?GITHUB_(OUTPUT|ENV)\b/g;

/**
 * Run a workflow in a world. `repository` maps paths to parsed files, `scripts` (by `keyOf`) says how scripts ended that were run.
 * Returns null when the event does not start it, else {jobs: {path: {...}}, steps: [...]}: every job that GitHub looked at, and
 * every step that ran, in the order of the run. A job's path holds the calling jobs: `release/deploy`.
 */
export function run(repository, world, scripts) {
  const workflow = repository[world.workflow];
  if (!workflow || !starts(workflow, world)) return null;
  const state = {repository, world, scripts, jobs: {}, steps: []};
  const inputs = world.event === 'workflow_dispatch' ? world.inputs ?? {} : {};
  const groups = groupsOf(workflow.concurrency, {github: githubContext(workflow, world), inputs, vars: {}});
  const github = githubContext(workflow, world);
  runJobs(state, world.workflow, {github, inputs, prefix: '', depth: 0, groups});
  return {jobs: state.jobs, steps: state.steps, groups, github: runnerFacts(github)};
}

/** What the runner tells every script: each text of the `github` context, as GITHUB_SHA and so on. */
function runnerFacts(github) {
  const named = Object.entries(github).filter(([name, value]) => typeof value === 'string' && name !== 'token');
  return Object.fromEntries(named.map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, value]));
}

function runJobs(state, file, call) {
  const {world} = state;
  const workflow = state.repository[file];
  const jobs = workflow.jobs ?? {};
  const done = {};
  const waiting = new Set(Object.keys(jobs));
  for (let moved = true; waiting.size && moved;) {
    moved = false;
    for (const id of [...waiting]) {
      const needs = listOf(jobs[id]?.needs).map(String);
      if (needs.some(need => waiting.has(need) || !(need in jobs))) continue;
      waiting.delete(id);
      moved = true;
      const before = ancestorsOf(jobs, id).map(name => done[name]?.result).filter(Boolean);
      const status = {success: before.every(result => result === 'success'), failure: before.includes('failure'), cancelled: Boolean(world.cancelled)};
      const contexts = {
        github: call.github, inputs: call.inputs, vars: world.vars ?? {}, secrets: {}, env: {}, matrix: {}, strategy: {}, steps: {},
        needs: Object.fromEntries(needs.map(name => [name, {result: done[name]?.result ?? 'skipped', outputs: done[name]?.outputs ?? {}, [SETTLED]: done[name]?.settled ?? true}])),
        job: {status: 'success'}, runner: {os: 'Linux', arch: 'X64', temp: '/tmp'},
      };
      contexts.env = filledAll(workflow.env, contexts);
      done[id] = runJob(state, {file, id, job: jobs[id] ?? {}, call, contexts, status});
      state.jobs[call.prefix + id] = done[id];
    }
  }
  for (const id of waiting) done[id] = state.jobs[call.prefix + id] = {...empty(file), result: 'never'};
  return done;
}

function empty(file) {
  return {file, result: 'success', outputs: {}, environment: null, rejected: false, groups: [], ran: false, settled: true};
}

function ancestorsOf(jobs, id, seen = new Set()) {
  for (const need of listOf(jobs[id]?.needs).map(String)) {
    if (!seen.has(need) && seen.size < 1000) {
      seen.add(need);
      ancestorsOf(jobs, need, seen);
    }
  }
  return [...seen];
}

function runJob(state, place) {
  const {job, contexts, status, call} = place;
  const result = empty(place.file);
  try {
    if (!holds(job.if, contexts, status)) return {...result, result: 'skipped'};
  } catch {
    return {...result, result: 'failure'};
  }
  const named = typeof job.environment === 'object' ? job.environment?.name : job.environment;
  result.environment = named ? String(valueOf(named, contexts)) : null;
  result.groups = [...call.groups, ...groupsOf(job.concurrency, contexts)];
  if (result.environment && (state.world.rejects ?? []).some(name => name.toLowerCase() === result.environment.toLowerCase())) {
    return {...result, result: 'failure', rejected: true};
  }
  result.ran = true;
  return job.uses ? callWorkflow(state, place, result) : runLegs(state, place, result);
}

/** The concurrency group that is written here, evaluated; a job waits in those of all levels above it as well. */
function groupsOf(written, contexts) {
  if (!written) return [];
  const group = typeof written === 'object' ? written.group : written;
  const cancel = valueOf(written['cancel-in-progress'] ?? false, contexts);
  return [{group: String(valueOf(group ?? '', contexts)), cancel: cancel === true || cancel === 'true'}];
}

function callWorkflow(state, place, result) {
  const {job, contexts, call} = place;
  const target = String(job.uses).startsWith('./') ? path.posix.normalize(job.uses) : null;
  const called = target && state.repository[target];
  const name = call.prefix + place.id;
  if (!called || call.depth >= DEEPEST) {
    const fault = faultAt(state.world, name, null)?.kind;
    state.steps.push({job: name, file: place.file, index: null, action: null, name: place.id, uses: String(job.uses), run: '', with: filledAll(job.with, contexts), env: {}, shell: '', outcome: fault ?? 'success', leg: {}});
    return {...result, result: fault ?? 'success'};
  }
  const settings = triggersOf(called).workflow_call ?? {};
  const inputs = Object.fromEntries(Object.entries(settings.inputs ?? {}).map(([input, about]) => [input, about?.default ?? (about?.type === 'boolean' ? false : '')]));
  for (const [input, value] of Object.entries(job.with ?? {})) inputs[input] = valueOf(value, contexts);
  const own = groupsOf(called.concurrency, {...contexts, inputs});
  const below = runJobs(state, target, {github: call.github, inputs, prefix: `${name}/`, depth: call.depth + 1, groups: [...result.groups, ...own]});
  const results = Object.values(below).map(each => each.result);
  const skipped = results.length > 0 && results.every(each => each === 'skipped');
  const outputs = {};
  const seen = {...contexts, jobs: Object.fromEntries(Object.entries(below).map(([id, each]) => [id, {result: each.result, outputs: each.outputs}]))};
  for (const [output, about] of Object.entries(settings.outputs ?? {})) outputs[output] = String(valueOf(about?.value, seen) ?? '');
  const worst = results.includes('failure') ? 'failure' : results.includes('cancelled') ? 'cancelled' : skipped ? 'skipped' : 'success';
  return {...result, outputs, result: worst, settled: []};
}

function runLegs(state, place, result) {
  const {job, contexts} = place;
  let failed = false;
  let stopped = false;
  let cancelled = false;
  for (const leg of legsOf(job, contexts)) {
    if (stopped) break; // fail-fast cancels the other legs
    const here = {...contexts, matrix: leg};
    const outcome = runSteps(state, place, here, result);
    const allowed = isOn(valueOf(job['continue-on-error'] ?? false, here));
    if (outcome === 'cancelled') cancelled = true;
    if (outcome === 'failure' && !allowed) {
      failed = true;
      stopped = job.strategy?.['fail-fast'] !== false;
    }
  }
  return {...result, result: failed ? 'failure' : cancelled ? 'cancelled' : 'success'};
}

/** Runs the steps of one leg, fills the job's outputs in, and returns how the leg ended. */
function runSteps(state, place, contexts, result) {
  result.settled = [];
  const {job} = place;
  const leg = {place, job: place.call.prefix + place.id, known: {}, env: {...contexts.env, ...filledAll(job.env, contexts)}, written: {}, success: true, failure: false, cancelled: false};
  walk(state, leg, listOf(job.steps), place.file, {...contexts, steps: leg.known}, {}, 0, null);
  const outer = {...contexts, steps: leg.known, env: leg.env};
  for (const [name, value] of Object.entries(job.outputs ?? {})) {
    const found = String(valueOf(value, outer) ?? '');
    const open = openText(value, outer);
    result.outputs[name] = open ? decided(state.world, name, found) : found;
    if (!open) result.settled.push(name);
  }
  return leg.cancelled ? 'cancelled' : leg.failure ? 'failure' : 'success';
}

function walk(state, leg, steps, file, contexts, around, depth, action) {
  for (const [index, step] of steps.entries()) {
    if (!step || typeof step !== 'object') continue;
    const before = {...leg.env, ...leg.written, ...around};
    const env = {...before, ...filledAll(step.env, {...contexts, env: before})};
    const status = {success: leg.success && !leg.cancelled, failure: leg.failure, cancelled: leg.cancelled};
    const here = {...contexts, env, job: {status: leg.cancelled ? 'cancelled' : leg.failure ? 'failure' : 'success'}};
    let runs = false;
    try {
      runs = holds(step.if, here, status);
    } catch {
      leg.success = false;
      leg.failure = true;
    }
    const outcome = runs ? runStep(state, leg, step, {file, index, action, here, env, depth}) : 'skipped';
    const forgiven = outcome === 'failure' && isOn(valueOf(step['continue-on-error'] ?? false, here));
    const conclusion = forgiven ? 'success' : outcome;
    if (step.id) {
      const found = leg.known[step.id] ?? {};
      const settled = runs ? found[SETTLED] ?? [] : true;
      const outputs = runs ? {...found.outputs} : {};
      for (const name of Object.keys(state.world.outputs ?? {})) {
        if (!settledOutput(settled, name)) outputs[name] = decided(state.world, name, outputs[name] ?? '');
      }
      leg.known[step.id] = {outcome, conclusion, outputs, [SETTLED]: settled};
    }
    if (conclusion === 'failure') {
      leg.success = false;
      leg.failure = true;
    }
    if (conclusion === 'cancelled') leg.cancelled = true;
  }
}

function runStep(state, leg, step, {file, index, action, here, env, depth}) {
  const script = filled(step.run, here);
  const record = {
    job: leg.job, file, index, action, name: String(step.name ?? ''), uses: String(step.uses ?? ''), run: script, with: filledAll(step.with, here),
    env: filledAll(env, here), shell: String(step.shell ?? ''), environment: leg.place.job.environment ? valueOf(nameOf(leg.place.job.environment), here) : null,
    leg: here.matrix, outcome: 'success', open: openEnvOf([leg.place.job.env, step.env], here),
  };
  if (openText(step.run, here)) record.open.push('');
  state.steps.push(record);
  const said = faultAt(state.world, leg.job, record) ?? state.scripts[keyOf(record)];
  if (said?.outputs) {
    Object.assign(leg.written, said.env);
    if (step.id) leg.known[step.id] = {outputs: said.outputs, [SETTLED]: true};
    record.outcome = said.kind;
    return record.outcome;
  }
  for (const [, name, written, where] of script.matchAll(WRITTEN)) {
    const value = written.replace(/\$(?:\{(\w+)\}|(\w+))/g, (found, braced, bare) => env[braced ?? bare] ?? found);
    const known = /[$`]/.test(value) ? unknown(name) : value;
    if (where === 'ENV') leg.written[name] = known;
    else if (step.id) {
      const {outputs} = (leg.known[step.id] ??= {outputs: {}, [SETTLED]: []});
      outputs[name] = name in outputs && outputs[name] !== known ? unknown(name) : known; // two branches of a script
      leg.known[step.id][SETTLED] = Object.keys(outputs).filter(each => !isUnknown(outputs[each]));
    }
  }
  const folder = record.uses.startsWith('./') ? path.posix.normalize(record.uses) : null;
  const local = folder === null ? null : [`${folder}/action.yml`, `${folder}/action.yaml`].map(name => path.posix.normalize(name)).find(name => state.repository[name]);
  const composite = local && state.repository[local].runs?.steps;
  if (composite && depth < DEEPEST) {
    const about = state.repository[local];
    const inputs = Object.fromEntries(Object.entries(about.inputs ?? {}).map(([name, each]) => [name, each?.default ?? '']));
    const given = Object.fromEntries(Object.entries(step.with ?? {}).map(([name, value]) => [name, valueOf(value, here)]));
    const inner = {...leg, known: {}, success: true, failure: false, cancelled: false};
    walk(state, inner, listOf(composite), local, {...here, inputs: {...inputs, ...given}, steps: inner.known}, step.env ?? {}, depth + 1, local);
    if (step.id) {
      const seen = {...here, steps: inner.known};
      const outputs = Object.fromEntries(Object.entries(about.outputs ?? {}).map(([name, each]) => [name, String(valueOf(each?.value, seen) ?? '')]));
      leg.known[step.id] = {outputs};
    }
    record.outcome = inner.cancelled ? 'cancelled' : inner.failure ? 'failure' : 'success';
    return record.outcome;
  }
  record.outcome = said?.kind ?? 'success';
  return record.outcome;
}

/** What tells a step that was run from every other: its place, its script, its environment and inputs. */
function keyOf(record) {
  const values = [record.env, record.with].flatMap(block => Object.entries(block).map(([name, value]) => `${name}=${value}`));
  return [record.file, record.index, record.run, ...values].join('\0');
}

/** What the world lets go wrong here: a step of a job, or with `index` null whatever step of the job comes first. */
function faultAt(world, job, record) {
  for (const fault of world.faults ?? []) {
    if (fault.job !== job) continue;
    if (fault.index === null || record === null || (fault.index === record.index && fault.file === record.file)) return fault;
  }
  return null;
}

/** An output: what the script says where it says so, else what the world lets it be. */
function decided(world, name, value) {
  const open = value === '' || isUnknown(value);
  return open && name in (world.outputs ?? {}) ? world.outputs[name] : value;
}

function filledAll(values, contexts) {
  if (!values || typeof values !== 'object') return {};
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? filled(value, contexts) : String(value ?? '')]));
}


function nameOf(environment) {
  return typeof environment === 'object' ? environment?.name : environment;
}

function isOn(value) {
  return value === true || value === 'true';
}
