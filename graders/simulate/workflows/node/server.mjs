// A long-lived process: one request a line, one answer a line, in order. `reads` keeps the parsed repository of a request by
// its id, so that the second question about an answer (with faults) need not send it again.
import readline from 'node:readline';
import {run} from './scheduler.mjs';

const KEPT = 64;
const repositories = new Map();

for await (const line of readline.createInterface({input: process.stdin, crlfDelay: Infinity})) {
  let answer;
  const request = JSON.parse(line);
  try {
    if (request.repository) {
      repositories.set(request.key, request.repository);
      if (repositories.size > KEPT) repositories.delete(repositories.keys().next().value);
    }
    const repository = repositories.get(request.key);
    answer = repository ? {id: request.id, runs: request.worlds.map(world => run(repository, world, request.scripts ?? {}))} : {id: request.id, unknown: true};
  } catch (error) {
    answer = {id: request.id, error: String(error?.stack ?? error).slice(0, 2000)};
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
