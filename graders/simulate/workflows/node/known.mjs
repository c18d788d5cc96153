// What the simulation knows and what only a run could tell.
import {valueOf} from './expressions.mjs';

const SPAN = /\$\{\{((?:'(?:[^']|'')*'|(?!\}\}).)*)\}\}/gs;
const OUTPUT = /\b(steps|needs|jobs)\.([\w-]+)\.outputs\.([\w-]+)/g;

/** Under this key a step or job has the names of its outputs that are known; texts of a context do not show it. */
export const SETTLED = Symbol('settled');

/** A value that only a run could tell, recognisable wherever it goes. */
export function unknown(name) {
  return `(${name} of a run)`;
}

export function isUnknown(value) {
  return /\([^()]* of a run\)/.test(value);
}

/** Is this output of a step or job known, also where it is empty? `settled` is true where all of them are. */
export function settledOutput(settled, name) {
  return settled === true || Boolean(settled?.includes(name));
}

/** Does the text hold a value that only a run could tell: an output, a secret, a variable of the repository, a field of the event? */
export function openText(raw, contexts) {
  if (typeof raw !== 'string') return false;
  return [...raw.matchAll(SPAN)].some(([span, inside]) => {
    if (/\b(secrets|vars)\b/.test(inside) || isUnknown(String(valueOf(span, contexts)))) return true;
    for (const [, context, id, name] of inside.matchAll(OUTPUT)) {
      const found = contexts[context]?.[id] ?? {};
      if ((found.outputs?.[name] ?? '') === '' && !settledOutput(found[SETTLED], name)) return true;
    }
    return valueOf(span, contexts) === '' && /\bgithub\.event\.(?!inputs\b)|\benv\b|\binputs\b/.test(inside);
  });
}

/** The names of the variables with such a value. */
export function openEnvOf(blocks, contexts) {
  return blocks.flatMap(block => Object.entries(block ?? {}).filter(([, value]) => openText(value, contexts)).map(([name]) => name));
}
