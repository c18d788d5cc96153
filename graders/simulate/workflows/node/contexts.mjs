// The `github` context of a simulated event. Source: docs.github.com, "Contexts", "Webhook events and payloads".

const REPOSITORY = 'acme/shop';

// What tells two runs of the same event apart: the first, and the one that comes `again`.
const FIRST = {commit: 'deadbeef'.repeat(5), head: 'c0ffee'.repeat(6) + 'c0ff', member: 'dev', stranger: 'mallory', run: '1', request: 7, earlier: 11, topic: 'topic'};
const SECOND = {commit: 'ba5eba11'.repeat(5), head: 'facade'.repeat(6) + 'faca', member: 'ops', stranger: 'trudy', run: '2', request: 8, earlier: 12, topic: 'topic-2'};

export function githubContext(workflow, world) {
  const ref = world.ref ?? 'refs/heads/main';
  const fromPullRequest = /^pull_request/.test(world.event);
  const its = world.again ? SECOND : FIRST;
  const head = (world.again && fromPullRequest) || !world.head ? its.topic : world.head;
  const repository = world.repository ?? REPOSITORY;
  const actor = world.fork ? its.stranger : its.member;
  return {
    event_name: world.event,
    ref: world.event === 'pull_request' ? `refs/pull/${its.request}/merge` : ref,
    ref_name: world.event === 'pull_request' ? `${its.request}/merge` : ref.replace(/^refs\/(heads|tags)\//, ''),
    ref_type: ref.startsWith('refs/tags') ? 'tag' : 'branch',
    ref_protected: ref === 'refs/heads/main',
    repository,
    repository_owner: repository.split('/')[0],
    actor,
    triggering_actor: actor,
    sha: its.commit,
    run_id: its.run,
    run_number: its.run,
    run_attempt: '1',
    workflow: workflow.name ?? world.workflow,
    base_ref: fromPullRequest ? 'main' : '',
    head_ref: fromPullRequest ? head : '',
    event: eventPayload(world, head, its, repository),
    token: 'token',
    server_url: 'https://github.com',
    api_url: 'https://api.github.com',
    workspace: '/home/runner/work',
    job: '',
    action: '',
  };
}

function eventPayload(world, head, its, repository) {
  const from = {full_name: world.fork ? `mallory/${repository.split('/')[1]}` : repository, fork: Boolean(world.fork)};
  const payload = {inputs: Object.fromEntries(Object.entries(world.inputs ?? {}).map(([name, value]) => [name, String(value)])), action: world.action ?? '', repository: {full_name: repository, default_branch: 'main', fork: false}};
  if (/^pull_request/.test(world.event)) {
    payload.number = its.request;
    payload.pull_request = {
      number: its.request, title: 'A title', body: 'A body', draft: false, labels: labelsOf(world), merged: Boolean(world.merged), merge_commit_sha: world.merged ? its.commit : its.head,
      head: {ref: head, sha: its.head, repo: from},
      base: {ref: 'main', sha: its.commit, repo: {full_name: repository, fork: false}},
      user: {login: world.fork ? its.stranger : its.member},
      author_association: world.fork ? 'NONE' : 'MEMBER',
    };
  }
  if (world.event === 'workflow_run') {
    payload.workflow_run = {
      id: its.earlier, conclusion: world.conclusion ?? 'success', event: world.runEvent ?? 'push', head_branch: world.head ?? 'main',
      head_sha: world.fork ? its.head : its.commit, head_repository: from, name: 'CI', path: '.github/workflows/ci.yml',
    };
  }
  if (world.event === 'release') payload.release = {tag_name: (world.ref ?? '').replace(/^refs\/tags\//, ''), prerelease: false, draft: false};
  if (world.event === 'push') {
    payload.head_commit = {message: world.said ?? 'A message', id: its.commit};
    payload.commits = [];
    payload.before = '0'.repeat(40);
    payload.after = its.commit;
    payload.deleted = false;
    payload.created = false;
  }
  if (/comment/.test(world.event)) {
    payload.comment = {body: world.said ?? 'A comment', author_association: world.fork ? 'NONE' : 'MEMBER', user: {login: world.fork ? its.stranger : its.member}};
    payload.issue = {number: its.request, title: 'A title', body: 'A body', pull_request: {url: `https://api.github.com/pulls/${its.request}`}};
  }
  if (world.event === 'issues') payload.issue = {number: its.request, title: 'A title', body: 'A body', labels: labelsOf(world)};
  if (world.said) payload.label = {name: world.said};
  if (world.event === 'schedule') payload.schedule = world.schedule ?? '';
  return payload;
}

/** What people said in the world: a label has that name, a comment that text. */
function labelsOf(world) {
  return world.said ? [{name: world.said}] : [];
}
