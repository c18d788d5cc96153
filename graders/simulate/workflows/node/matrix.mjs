// The legs of a matrix. Source: docs.github.com, "Workflow syntax", jobs.<job_id>.strategy.matrix.
import {structureOf} from './expressions.mjs';
import {listOf} from './triggers.mjs';

const MOST = 16; // enough to see what differs between legs

/** Each leg as a mapping; one empty leg where there is no matrix, or one that only a run could tell. */
export function legsOf(job, contexts) {
  const matrix = structureOf(job.strategy?.matrix, contexts);
  if (!matrix || typeof matrix !== 'object') return [{}];
  let legs = [{}];
  const axes = Object.entries(matrix).filter(([key]) => key !== 'include' && key !== 'exclude');
  for (const [key, written] of axes) {
    const values = structureOf(written, contexts);
    const known = Array.isArray(values) ? values : [typeof written === 'string' ? written : values];
    legs = legs.flatMap(leg => known.map(value => ({...leg, [key]: value})));
  }
  const excluded = listOf(structureOf(matrix.exclude, contexts));
  legs = legs.filter(leg => !excluded.some(item => Object.entries(item).every(([key, value]) => leg[key] === value)));
  const keys = new Set(axes.map(([key]) => key));
  const original = legs.map(leg => ({...leg}));
  for (const item of listOf(structureOf(matrix.include, contexts))) {
    const fits = keys.size ? original.map((leg, at) => at).filter(at => Object.entries(item).every(([key, value]) => !keys.has(key) || original[at][key] === value)) : [];
    for (const at of fits) Object.assign(legs[at], item);
    if (!fits.length) legs = keys.size || Object.keys(legs[0] ?? {}).length ? [...legs, {...item}] : [{...item}];
  }
  return (legs.length ? legs : [{}]).slice(0, MOST);
}
