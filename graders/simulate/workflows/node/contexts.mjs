// The `github` context of a simulated event. Source: docs.github.com, "Contexts", "Webhook events and payloads".

const REPOSITORY = 'acme/shop';
const FORK = 'mallory/shop';
const COMMIT = 'deadbeef'.repeat(5);
const FORK_COMMIT = 'c0ffee'.repeat(6) + 'c0ff'; // of the head of a pull request, whoever opened it

export function githubContext(workflow, world) {
  const ref = world.ref ?? 'refs/heads/main';
  const fromPullRequest = /^pull_request/.test(world.event);
  const head = world.head ?? 'topic';
  const actor = world.fork ? 'mallory' : 'dev';
  return {
    event_name: world.event,
    ref: world.event === 'pull_request' ? 'refs/pull/7/merge' : ref,
    ref_name: world.event === 'pull_request' ? '7/merge' : ref.replace(/^refs\/(heads|tags)\//, ''),
    ref_type: ref.startsWith('refs/tags') ? 'tag' : 'branch',
    ref_protected: ref === 'refs/heads/main',
    repository: REPOSITORY,
    repository_owner: 'acme',
    actor,
    triggering_actor: actor,
    sha: COMMIT,
    run_id: '1',
    run_number: '1',
    run_attempt: '1',
    workflow: workflow.name ?? world.workflow,
    base_ref: fromPullRequest ? 'main' : '',
    head_ref: fromPullRequest ? head : '',
    event: eventPayload(world, head),
    token: 'token',
    server_url: 'https://github.com',
    api_url: 'https://api.github.com',
    workspace: '/home/runner/work',
    job: '',
    action: '',
  };
}

function eventPayload(world, head) {
  const from = {full_name: world.fork ? FORK : REPOSITORY, fork: Boolean(world.fork)};
  const payload = {inputs: Object.fromEntries(Object.entries(world.inputs ?? {}).map(([name, value]) => [name, String(value)])), action: world.action ?? '', repository: {full_name: REPOSITORY, default_branch: 'main', fork: false}};
  if (/^pull_request/.test(world.event)) {
    payload.number = 7;
    payload.pull_request = {
      number: 7, title: 'A title', body: 'A body', draft: false, labels: labelsOf(world), merged: Boolean(world.merged), merge_commit_sha: world.merged ? COMMIT : FORK_COMMIT,
      head: {ref: head, sha: FORK_COMMIT, repo: from},
      base: {ref: 'main', sha: COMMIT, repo: {full_name: REPOSITORY, fork: false}},
      user: {login: world.fork ? 'mallory' : 'dev'},
      author_association: world.fork ? 'NONE' : 'MEMBER',
    };
  }
  if (world.event === 'workflow_run') {
    payload.workflow_run = {
      id: 11, conclusion: world.conclusion ?? 'success', event: world.runEvent ?? 'push', head_branch: world.head ?? 'main',
      head_sha: world.fork ? FORK_COMMIT : COMMIT, head_repository: from, name: 'CI', path: '.github/workflows/ci.yml',
    };
  }
  if (world.event === 'release') payload.release = {tag_name: 'v1.2.3', prerelease: false, draft: false};
  if (world.event === 'push') {
    payload.head_commit = {message: world.said ?? 'A message', id: COMMIT};
    payload.commits = [];
    payload.before = '0'.repeat(40);
    payload.after = COMMIT;
    payload.deleted = false;
    payload.created = false;
  }
  if (/comment/.test(world.event)) {
    payload.comment = {body: world.said ?? 'A comment', author_association: world.fork ? 'NONE' : 'MEMBER', user: {login: world.fork ? 'mallory' : 'dev'}};
    payload.issue = {number: 7, title: 'A title', body: 'A body', pull_request: {url: 'https://api.github.com/pulls/7'}};
  }
  if (world.event === 'issues') payload.issue = {number: 7, title: 'A title', body: 'A body', labels: labelsOf(world)};
  if (world.said) payload.label = {name: world.said};
  if (world.event === 'schedule') payload.schedule = world.schedule ?? '';
  return payload;
}

/** What people said in the world: a label has that name, a comment that text. */
function labelsOf(world) {
  return world.said ? [{name: world.said}] : [];
}
