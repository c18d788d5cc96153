// Which events start a workflow. Source: docs.github.com, "Events that trigger workflows", "Workflow syntax" (on, filter patterns).

const DEFAULT_TYPES = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  pull_request_target: ['opened', 'synchronize', 'reopened'],
};

/** The events of a workflow with their settings, whichever form `on` has. */
export function triggersOf(workflow) {
  const on = workflow.on ?? {};
  if (typeof on === 'string') return {[on]: {}};
  if (Array.isArray(on)) return Object.fromEntries(on.map(event => [event, {}]));
  return Object.fromEntries(Object.entries(on).map(([event, settings]) => [event, settings ?? {}]));
}

export function starts(workflow, world) {
  const triggers = triggersOf(workflow);
  if (!(world.event in triggers)) return false;
  const settings = triggers[world.event];
  const types = settings.types ?? DEFAULT_TYPES[world.event];
  if (world.action && types && !listOf(types).includes(world.action)) return false;
  if (world.event === 'push') return pushStarts(settings, world);
  if (/^pull_request/.test(world.event)) return branchPasses(settings, world.base ?? 'main') && pathsPass(settings, world.paths);
  if (world.event === 'workflow_run') return branchPasses(settings, world.head ?? 'main');
  return true;
}

function pushStarts(settings, world) {
  const isTag = world.ref.startsWith('refs/tags/');
  const name = world.ref.replace(/^refs\/(heads|tags)\//, '');
  const branches = settings.branches ?? settings['branches-ignore'];
  const tags = settings.tags ?? settings['tags-ignore'];
  if (isTag) {
    if (!tags) return !branches;
    return settings.tags ? passes(settings.tags, name) : !passes(settings['tags-ignore'], name);
  }
  if (!branches && tags) return false;
  return branchPasses(settings, name) && pathsPass(settings, world.paths);
}

function branchPasses(settings, name) {
  if (settings.branches && !passes(settings.branches, name)) return false;
  return !(settings['branches-ignore'] && passes(settings['branches-ignore'], name));
}

function pathsPass(settings, paths) {
  if (!paths) return true;
  if (settings.paths && !paths.some(path => passes(settings.paths, path))) return false;
  return !(settings['paths-ignore'] && paths.every(path => passes(settings['paths-ignore'], path)));
}

/** Patterns in their order; one that begins with `!` takes a match back. */
function passes(patterns, name) {
  let passed = false;
  for (const pattern of listOf(patterns).map(String)) {
    if (pattern.startsWith('!')) passed = passed && !glob(pattern.slice(1)).test(name);
    else passed = passed || glob(pattern).test(name);
  }
  return passed;
}

function glob(pattern) {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern[at];
    if (sign === '*' && pattern[at + 1] === '*') {
      at++;
      if (pattern[at + 1] === '/') {
        at++;
        source += '(?:.*/)?';
      } else source += '.*';
    } else if (sign === '*') source += '[^/]*';
    else if (sign === '?' || sign === '+') source += sign;
    else if (sign === '[' && pattern.indexOf(']', at) > at) {
      const end = pattern.indexOf(']', at);
      source += pattern.slice(at, end + 1);
      at = end;
    } else if (sign === '\\') source += '\\' + (pattern[++at] ?? '\\');
    else source += sign.replace(/[.(){}^$|[\]]/g, '\\$&');
  }
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /(?!)/;
  }
}

export function listOf(value) {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}
